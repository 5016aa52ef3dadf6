-- migrate:up
ALTER TABLE import_part ADD COLUMN counts jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN import_part.counts IS 'what its records came to, where the service says so by file';
ALTER TABLE import ADD COLUMN lies_at text;
COMMENT ON COLUMN import.lies_at IS 'key of the file in the part of the store of another service, which sent it here: read there, never removed there';

-- migrate:down
ALTER TABLE import DROP COLUMN lies_at;
ALTER TABLE import_part DROP COLUMN counts;
