-- migrate:up
CREATE TABLE import (
    import_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    file text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    stored boolean NOT NULL DEFAULT true,
    mapping jsonb,
    source text,
    format text,
    zone text,
    state text NOT NULL CHECK (state IN (
        'receiving', 'queued', 'running', 'finished', 'partial', 'failed', 'cancelling', 'cancelled', 'undoing', 'undone'
    )),
    outcome text CHECK (outcome IN ('finished', 'partial', 'failed')),
    error text,
    reader text,
    batch integer NOT NULL DEFAULT 0,
    bytes_done bigint NOT NULL DEFAULT 0,
    bytes_total bigint NOT NULL,
    records bigint NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    counts jsonb NOT NULL DEFAULT '{}',
    kept jsonb NOT NULL DEFAULT '{}',
    unknown jsonb NOT NULL DEFAULT '{}',
    claim integer NOT NULL DEFAULT 0,
    attempts smallint NOT NULL DEFAULT 0,
    came_with integer,
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
);
COMMENT ON TABLE import IS 'a file somebody sent: how far it has been read, and the queue of those waiting';
COMMENT ON COLUMN import.file IS 'what its sender calls it: a text to show, never a path';
COMMENT ON COLUMN import.stored IS 'the file is in the object store, under <service>/<user_id>/<sha256>';
COMMENT ON COLUMN import.outcome IS 'what its reader made of it; the state follows';
COMMENT ON COLUMN import.reader IS 'which code cut the file into batches: another one begins anew, and finds most rows there already';
COMMENT ON COLUMN import.batch IS 'so many of the reader''s batches are in, committed together with their rows';
COMMENT ON COLUMN import.seconds IS 'time spent reading, without that spent waiting';
COMMENT ON COLUMN import.claim IS 'grows whenever someone takes the import up; who has an older one writes nothing';
COMMENT ON COLUMN import.came_with IS 'another import, whose file held this one and what it had led to';
COMMENT ON COLUMN import.attempts IS 'how often it was taken up since it last got further';
CREATE INDEX import_by_user ON import (user_id, created_at DESC, id DESC);
CREATE INDEX import_due ON import (created_at)
    WHERE state IN ('receiving', 'queued', 'running', 'cancelling', 'undoing');

CREATE TABLE import_part (
    import_id integer NOT NULL,
    name text NOT NULL,
    records bigint NOT NULL,
    errors integer NOT NULL,
    warnings integer NOT NULL,
    kept jsonb NOT NULL,
    PRIMARY KEY (import_id, name)
);
COMMENT ON TABLE import_part IS 'what came of each file inside an archive';

CREATE TABLE import_issue (
    import_id integer NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('error', 'warning')),
    code text NOT NULL,
    detail text NOT NULL,
    part text,
    line bigint,
    count bigint NOT NULL,
    PRIMARY KEY (import_id, seq)
);
COMMENT ON TABLE import_issue IS 'what was wrong in a file, and where';

-- migrate:down
DROP TABLE import_issue, import_part, import;
