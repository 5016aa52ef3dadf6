-- migrate:up
ALTER TABLE notification ADD COLUMN record jsonb;
COMMENT ON COLUMN notification.record IS
    'figures of a record that a workout set: the body is made of them when it is read, in the units the user prefers';

-- migrate:down
ALTER TABLE notification DROP COLUMN record;
