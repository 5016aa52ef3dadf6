-- migrate:up
CREATE TABLE exercise (
    exercise_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    name text NOT NULL,
    category text NOT NULL,
    equipment text,
    measure text NOT NULL CHECK (measure IN ('weight_reps', 'reps', 'time', 'distance', 'weight_time', 'weight_distance')),
    assisted boolean NOT NULL DEFAULT false,
    primary_muscles text[] NOT NULL DEFAULT '{}',
    secondary_muscles text[] NOT NULL DEFAULT '{}',
    instructions text,
    import_id integer,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE exercise IS 'exercises of users; those of the catalogue come with the product, in workout/exercises/catalogue.json';
COMMENT ON COLUMN exercise.import_id IS 'the import that brought it into being; it goes with its undo unless something else needs it';
CREATE UNIQUE INDEX exercise_by_name ON exercise (user_id, lower(name));

CREATE TABLE routine (
    routine_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    name text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE routine IS 'plans to repeat: days, exercises, targets and rules of progression';
CREATE INDEX routine_by_user ON routine (user_id, created_at DESC, routine_id DESC);

CREATE TABLE workout (
    workout_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    sport text NOT NULL,
    title text,
    notes text,
    rpe double precision,
    started_at timestamptz NOT NULL,
    offset_min smallint,
    on_date date NOT NULL,
    duration_s double precision NOT NULL,
    moving_s double precision,
    distance_m double precision,
    ascent_m double precision,
    descent_m double precision,
    energy_kcal double precision,
    average_heart_rate double precision,
    max_heart_rate double precision,
    average_power double precision,
    max_power double precision,
    weighted_power double precision,
    average_cadence double precision,
    average_speed double precision,
    max_speed double precision,
    load double precision,
    load_method text CHECK (load_method IN ('power', 'heart_rate', 'rpe')),
    sets integer NOT NULL DEFAULT 0,
    reps integer NOT NULL DEFAULT 0,
    volume_load_kg double precision NOT NULL DEFAULT 0,
    start_lat double precision,
    start_lon double precision,
    live boolean NOT NULL DEFAULT false,
    routine_id uuid,
    routine_day smallint,
    given jsonb NOT NULL DEFAULT '{}',
    formulas jsonb NOT NULL DEFAULT '{}',
    laps jsonb NOT NULL DEFAULT '[]',
    digest bytea NOT NULL DEFAULT '',
    own_sets boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE workout IS 'something done; its figures are made anew from what the user said, its recordings, its edits and its sets';
COMMENT ON COLUMN workout.given IS 'what the user said themselves: it goes before what recordings say';
COMMENT ON COLUMN workout.formulas IS 'where each figure comes from: the user, a device, or one of our formulas';
COMMENT ON COLUMN workout.laps IS 'as the user, its recordings or its edits have them';
COMMENT ON COLUMN workout.digest IS 'of all that is shown of it: the version rises when it changes, and only then';
COMMENT ON COLUMN workout.version IS '0 until it is made for the first time';
COMMENT ON COLUMN workout.own_sets IS 'the sets without a recording count, not those of its recordings';
COMMENT ON COLUMN workout.on_date IS 'of its start, in the user''s zone at that instant';
COMMENT ON COLUMN workout.live IS 'still going on: sets are being added';
CREATE INDEX workout_by_user ON workout (user_id, started_at DESC, workout_id DESC);
CREATE INDEX workout_by_date ON workout (user_id, on_date);

CREATE TABLE recording (
    recording_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL,
    import_id integer,
    fingerprint bytea NOT NULL,
    format text NOT NULL,
    source text NOT NULL,
    device text,
    file text,
    sha256 text,
    position smallint NOT NULL DEFAULT 0,
    sport text NOT NULL,
    sub_sport text,
    title text,
    notes text,
    rpe double precision,
    started_at timestamptz NOT NULL,
    dated boolean NOT NULL DEFAULT true,
    offset_min smallint,
    duration_s double precision NOT NULL,
    partial text,
    totals jsonb NOT NULL DEFAULT '{}',
    derived jsonb NOT NULL DEFAULT '{}',
    legs jsonb NOT NULL DEFAULT '[]',
    laps jsonb NOT NULL DEFAULT '[]',
    extra jsonb NOT NULL DEFAULT '{}',
    sets bytea,
    joined text NOT NULL DEFAULT 'alone' CHECK (joined IN ('alone', 'found', 'asked')),
    score double precision,
    reasons jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, fingerprint)
);
COMMENT ON TABLE recording IS 'one source''s version of a workout, as it was read; it never changes but for the workout it belongs to';
COMMENT ON COLUMN recording.fingerprint IS 'equal for the same content, whatever the file is called and however often it comes';
COMMENT ON COLUMN recording.sha256 IS 'of the original file, kept in the object store; null where there is none';
COMMENT ON COLUMN recording.position IS 'which activity of its file';
COMMENT ON COLUMN recording.dated IS 'the file says when it was; else it stands at the time of its import, and is joined to nothing';
COMMENT ON COLUMN recording.sets IS 'digest of its sets, to tell two gym logs apart; null without sets';
COMMENT ON COLUMN recording.extra IS 'what else the file says: fields of developers, serial numbers';
COMMENT ON COLUMN recording.partial IS 'why it is not all that was recorded';
COMMENT ON COLUMN recording.totals IS 'what the device itself says';
COMMENT ON COLUMN recording.derived IS 'what its streams come to by our formulas, without edits';
COMMENT ON COLUMN recording.joined IS 'how it came to its workout: began it, was found to be the same, or the user said so';
CREATE INDEX recording_by_start ON recording (user_id, started_at);
CREATE INDEX recording_by_workout ON recording (workout_id);
CREATE INDEX recording_by_import ON recording (import_id) WHERE import_id IS NOT NULL;
CREATE INDEX recording_by_file ON recording (user_id, sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE recording_stream (
    recording_id uuid NOT NULL,
    channel text NOT NULL,
    n integer NOT NULL,
    data bytea NOT NULL,
    min double precision,
    max double precision,
    avg double precision,
    PRIMARY KEY (recording_id, channel)
);
ALTER TABLE recording_stream ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE recording_stream IS 'one channel of a recording, delta-encoded and compressed; see workout/streams/codec.py';

CREATE TABLE kept_apart (
    user_id uuid NOT NULL,
    one bytea NOT NULL,
    other bytea NOT NULL,
    PRIMARY KEY (user_id, one, other)
);
COMMENT ON TABLE kept_apart IS 'pairs of fingerprints, the smaller first, that the user has said are not the same workout';

CREATE TABLE deleted_recording (
    user_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    import_id integer,
    PRIMARY KEY (user_id, fingerprint)
);
CREATE INDEX deleted_recording_by_import ON deleted_recording (import_id) WHERE import_id IS NOT NULL;
COMMENT ON TABLE deleted_recording IS 'recordings of workouts that the user has deleted: no later import brings them back';

CREATE TABLE brought_again (
    import_id integer NOT NULL,
    fingerprint bytea NOT NULL,
    user_id uuid NOT NULL,
    file text,
    sha256 text,
    position smallint NOT NULL,
    PRIMARY KEY (import_id, fingerprint)
);
CREATE INDEX brought_again_by_fingerprint ON brought_again (user_id, fingerprint);
CREATE INDEX brought_again_by_file ON brought_again (user_id, sha256) WHERE sha256 IS NOT NULL;
COMMENT ON TABLE brought_again IS 'recordings that were there when an import brought them: it keeps them when the one before is undone';

CREATE TABLE loose_original (
    user_id uuid NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (user_id, sha256)
);
COMMENT ON TABLE loose_original IS 'files whose recordings an undo has taken away: to be removed unless something else names them';

CREATE TABLE undone_part (
    user_id uuid NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (user_id, import_id)
);
COMMENT ON TABLE undone_part IS 'imports of the health service that were taken back before it was told here that they hold something';

CREATE TABLE workout_set (
    set_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL,
    recording_id uuid,
    position smallint NOT NULL,
    exercise text NOT NULL,
    kind text NOT NULL DEFAULT 'working' CHECK (kind IN ('working', 'warm_up', 'drop', 'failure')),
    reps integer,
    weight_kg double precision,
    duration_s double precision,
    distance_m double precision,
    rpe double precision,
    superset smallint,
    rest_s integer,
    done_at timestamptz,
    notes text,
    UNIQUE NULLS NOT DISTINCT (workout_id, recording_id, position)
);
COMMENT ON COLUMN workout_set.exercise IS 'code in the catalogue, or the id of an exercise of the user';
COMMENT ON COLUMN workout_set.recording_id IS 'the gym log it came with; null: the user''s own';

CREATE TABLE workout_exercise (
    workout_id uuid NOT NULL,
    exercise text NOT NULL,
    user_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    on_date date NOT NULL,
    sets integer NOT NULL,
    reps integer NOT NULL,
    volume_load_kg double precision NOT NULL,
    e1rm_kg double precision,
    best_weight_kg double precision,
    best_reps integer,
    best_set_volume_kg double precision,
    longest_s double precision,
    farthest_m double precision,
    PRIMARY KEY (workout_id, exercise)
);
COMMENT ON TABLE workout_exercise IS 'what the sets of one exercise come to in one workout; made anew with it. Assisted weight gives no best';
CREATE INDEX workout_exercise_by_user ON workout_exercise (user_id, exercise, started_at);

CREATE TABLE workout_muscle (
    workout_id uuid NOT NULL,
    muscle text NOT NULL,
    user_id uuid NOT NULL,
    on_date date NOT NULL,
    sets real NOT NULL,
    volume_load_kg double precision NOT NULL,
    PRIMARY KEY (workout_id, muscle)
);
COMMENT ON TABLE workout_muscle IS 'sets and volume by muscle; a set counts whole for the primary ones and half for the others';
CREATE INDEX workout_muscle_by_user ON workout_muscle (user_id, on_date);

CREATE TABLE workout_effort (
    workout_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('distance', 'power')),
    size integer NOT NULL,
    user_id uuid NOT NULL,
    sport text NOT NULL,
    started_at timestamptz NOT NULL,
    value double precision NOT NULL,
    at_s double precision NOT NULL,
    PRIMARY KEY (workout_id, kind, size)
);
COMMENT ON TABLE workout_effort IS 'best stretch of a workout: seconds over so many metres, or watts over so many seconds';
CREATE INDEX workout_effort_by_user ON workout_effort (user_id, sport, kind, size, value);

CREATE TABLE workout_edit (
    workout_id uuid NOT NULL,
    number smallint NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    params jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workout_id, number)
);
CREATE INDEX workout_edit_bonds ON workout_edit (user_id) WHERE kind IN ('merge', 'split', 'part');
COMMENT ON TABLE workout_edit IS 'changes to what was recorded, applied in their order whenever it is read; the recordings stay as they are';

CREATE TABLE threshold (
    user_id uuid NOT NULL,
    since date NOT NULL,
    max_heart_rate smallint,
    resting_heart_rate smallint,
    threshold_heart_rate smallint,
    ftp_w smallint,
    threshold_pace_s_km real,
    PRIMARY KEY (user_id, since)
);
COMMENT ON TABLE threshold IS 'what zones and load are reckoned from, by the date from which it holds';

CREATE TABLE privacy_zone (
    zone_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    radius_m integer NOT NULL
);
CREATE INDEX privacy_zone_by_user ON privacy_zone (user_id);
COMMENT ON TABLE privacy_zone IS 'circles within which nobody but the owner sees a position';

CREATE TABLE gear (
    gear_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    kind text NOT NULL CHECK (kind IN ('bike', 'shoes', 'component', 'other')),
    name text NOT NULL,
    brand text,
    model text,
    notes text,
    sports text[] NOT NULL DEFAULT '{}',
    part_of uuid,
    fitted_on date,
    retired_on date,
    start_distance_m double precision NOT NULL DEFAULT 0,
    start_s double precision NOT NULL DEFAULT 0,
    services jsonb NOT NULL DEFAULT '[]',
    import_id integer,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN gear.sports IS 'new workouts of these take it of themselves';
COMMENT ON COLUMN gear.part_of IS 'a component counts what its bike does from fitted_on to retired_on';
CREATE INDEX gear_by_user ON gear (user_id, created_at DESC, gear_id DESC);

CREATE TABLE workout_gear (
    workout_id uuid NOT NULL,
    gear_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (workout_id, gear_id)
);
CREATE INDEX workout_gear_by_gear ON workout_gear (gear_id);

CREATE TABLE told_record (
    user_id uuid NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    workout_id uuid NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (user_id, subject, kind, workout_id)
);
COMMENT ON TABLE told_record IS 'which records of a workout were told, and with what value: each is told once, whatever becomes of others';

CREATE TABLE dirty_workout (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE dirty_workout IS 'workouts to be made anew by the worker; whoever changes many at once writes here';

-- migrate:down
DROP TABLE dirty_workout, told_record, workout_gear, gear, privacy_zone, threshold, workout_edit, workout_effort, workout_muscle,
    workout_exercise, workout_set, kept_apart, deleted_recording, brought_again, loose_original, undone_part, recording_stream, recording, workout, routine, exercise;
