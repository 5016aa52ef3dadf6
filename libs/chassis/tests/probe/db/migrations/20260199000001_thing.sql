-- migrate:up
CREATE TABLE thing (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    size integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    place bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX thing_newest ON thing (user_id, at DESC, id DESC);

-- migrate:down
DROP TABLE thing;
