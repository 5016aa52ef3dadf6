-- migrate:up
CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    private bytea NOT NULL,
    signs_from timestamptz NOT NULL,
    retires_at timestamptz
);
COMMENT ON COLUMN signing_key.private IS 'nonce and AES-256-GCM of the PEM, bound to the kid';
COMMENT ON COLUMN signing_key.retires_at IS 'published until then; null while no newer key exists';

-- migrate:down
DROP TABLE signing_key;
