-- migrate:up
CREATE TABLE restored (
    user_id uuid NOT NULL,
    noun text NOT NULL,
    key text NOT NULL,
    import_id integer NOT NULL,
    id uuid,
    digest bytea NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, noun, key, import_id)
);
CREATE INDEX restored_by_import ON restored (import_id);
COMMENT ON TABLE restored IS 'what an archive of ours brought besides recordings: undoing its import takes away what has not changed since';
COMMENT ON COLUMN restored.key IS 'what the archive calls it';
COMMENT ON COLUMN restored.id IS 'what it is here';
COMMENT ON COLUMN restored.digest IS 'of what it was when it came; empty where nothing of it can change, or its own row tells';

-- migrate:down
DROP TABLE restored;
