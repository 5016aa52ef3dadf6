-- migrate:up
ALTER TABLE workout_set ADD COLUMN planned jsonb;
COMMENT ON COLUMN workout_set.planned IS 'what was to be done, of a set that was done while the workout was live: undo goes back to it';

-- migrate:down
ALTER TABLE workout_set DROP COLUMN planned;
