-- migrate:up
CREATE TABLE erasure (
    id uuid PRIMARY KEY,
    user_hash bytea NOT NULL,
    user_id uuid UNIQUE,
    name_hash bytea,
    version bigint NOT NULL,
    waiting text[] NOT NULL,
    rows_erased jsonb NOT NULL DEFAULT '{}',
    requested_at timestamptz NOT NULL DEFAULT now(),
    reminded_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    CHECK (closed_at IS NULL OR (user_id IS NULL AND name_hash IS NULL))
);
COMMENT ON COLUMN erasure.user_hash IS 'all that stays of the user once every service has answered; for use after a restore';
CREATE INDEX erasure_open ON erasure (reminded_at) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX erasure_name ON erasure (name_hash) WHERE name_hash IS NOT NULL;

-- migrate:down
DROP TABLE erasure;
