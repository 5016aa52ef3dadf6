-- migrate:up
-- The catalogue grows; its rows are those of health.catalogue.table (a test holds them together).
ALTER TABLE metric
    DROP CONSTRAINT metric_day_aggregate_check,
    ADD COLUMN slot_s integer,
    ADD CHECK (day_aggregate IN ('sum', 'avg', 'last', 'max'));
COMMENT ON COLUMN metric.slot_s IS 'sampled metrics: the piece of time within which one source wins; null: the whole day';
INSERT INTO metric (metric_id, code, unit, kind, day_aggregate, slot_s) VALUES
    (2, 'distance_on_foot', 'm', 1, 'sum', NULL),
    (3, 'distance_cycling', 'm', 1, 'sum', NULL),
    (4, 'distance_swimming', 'm', 1, 'sum', NULL),
    (5, 'distance_wheelchair', 'm', 1, 'sum', NULL),
    (6, 'wheelchair_pushes', '{count}', 1, 'sum', NULL),
    (7, 'swim_strokes', '{count}', 1, 'sum', NULL),
    (8, 'floors', '{floors}', 1, 'sum', NULL),
    (9, 'elevation_gain', 'm', 1, 'sum', NULL),
    (10, 'active_energy', 'kcal', 1, 'sum', NULL),
    (11, 'basal_energy', 'kcal', 1, 'sum', NULL),
    (12, 'exercise_time', 'min', 1, 'sum', NULL),
    (13, 'stand_time', 'min', 1, 'sum', NULL),
    (14, 'daylight_time', 'min', 1, 'sum', NULL),
    (17, 'walking_heart_rate', '/min', 2, 'avg', NULL),
    (18, 'hr_recovery_1min', '/min', 2, 'max', NULL),
    (19, 'hrv_sdnn', 'ms', 0, 'avg', 900),
    (20, 'hrv_rmssd', 'ms', 0, 'avg', 900),
    (21, 'spo2', '%', 0, 'avg', 900),
    (22, 'perfusion_index', '%', 0, 'avg', 900),
    (23, 'respiratory_rate', '/min', 0, 'avg', 900),
    (25, 'basal_body_temperature', 'Cel', 2, 'last', NULL),
    (26, 'skin_temperature_delta', 'Cel', 0, 'avg', 900),
    (30, 'blood_alcohol', '%', 2, 'max', NULL),
    (31, 'fvc', 'L', 2, 'last', NULL),
    (32, 'fev1', 'L', 2, 'last', NULL),
    (33, 'peak_flow', 'L/min', 2, 'last', NULL),
    (34, 'insulin', '[iU]', 1, 'sum', NULL),
    (35, 'inhaler_use', '{uses}', 1, 'sum', NULL),
    (37, 'height', 'cm', 2, 'last', NULL),
    (38, 'bmi', 'kg/m2', 2, 'last', NULL),
    (39, 'body_fat', '%', 2, 'last', NULL),
    (40, 'lean_mass', 'kg', 2, 'last', NULL),
    (41, 'bone_mass', 'kg', 2, 'last', NULL),
    (42, 'body_water', 'kg', 2, 'last', NULL),
    (43, 'waist', 'cm', 2, 'last', NULL),
    (44, 'hip', 'cm', 2, 'last', NULL),
    (45, 'vo2max', 'mL/kg/min', 2, 'last', NULL),
    (47, 'sleep_deep', 'h', 3, 'sum', NULL),
    (48, 'sleep_rem', 'h', 3, 'sum', NULL),
    (49, 'sleep_light', 'h', 3, 'sum', NULL),
    (50, 'sleep_awake', 'h', 3, 'sum', NULL),
    (51, 'sleep_in_bed', 'h', 3, 'sum', NULL),
    (52, 'breathing_disturbances', '{events}/h', 2, 'avg', NULL),
    (53, 'hydration', 'mL', 1, 'sum', NULL),
    (54, 'energy_intake', 'kcal', 1, 'sum', NULL),
    (55, 'protein', 'g', 1, 'sum', NULL),
    (56, 'carbohydrates', 'g', 1, 'sum', NULL),
    (57, 'sugar', 'g', 1, 'sum', NULL),
    (58, 'fibre', 'g', 1, 'sum', NULL),
    (59, 'fat', 'g', 1, 'sum', NULL),
    (60, 'fat_saturated', 'g', 1, 'sum', NULL),
    (61, 'fat_monounsaturated', 'g', 1, 'sum', NULL),
    (62, 'fat_polyunsaturated', 'g', 1, 'sum', NULL),
    (63, 'cholesterol', 'mg', 1, 'sum', NULL),
    (64, 'sodium', 'mg', 1, 'sum', NULL),
    (65, 'potassium', 'mg', 1, 'sum', NULL),
    (66, 'calcium', 'mg', 1, 'sum', NULL),
    (67, 'iron', 'mg', 1, 'sum', NULL),
    (68, 'magnesium', 'mg', 1, 'sum', NULL),
    (69, 'phosphorus', 'mg', 1, 'sum', NULL),
    (70, 'zinc', 'mg', 1, 'sum', NULL),
    (71, 'copper', 'mg', 1, 'sum', NULL),
    (72, 'manganese', 'mg', 1, 'sum', NULL),
    (73, 'thiamin', 'mg', 1, 'sum', NULL),
    (74, 'riboflavin', 'mg', 1, 'sum', NULL),
    (75, 'niacin', 'mg', 1, 'sum', NULL),
    (76, 'vitamin_b6', 'mg', 1, 'sum', NULL),
    (77, 'vitamin_c', 'mg', 1, 'sum', NULL),
    (78, 'vitamin_e', 'mg', 1, 'sum', NULL),
    (79, 'caffeine', 'mg', 1, 'sum', NULL),
    (80, 'folate', 'ug', 1, 'sum', NULL),
    (81, 'selenium', 'ug', 1, 'sum', NULL),
    (82, 'vitamin_a', 'ug', 1, 'sum', NULL),
    (83, 'vitamin_b12', 'ug', 1, 'sum', NULL),
    (84, 'vitamin_d', 'ug', 1, 'sum', NULL),
    (85, 'vitamin_k', 'ug', 1, 'sum', NULL),
    (86, 'mindful_time', 'min', 1, 'sum', NULL),
    (87, 'environmental_sound', 'dB[SPL]', 0, 'avg', 900),
    (88, 'headphone_sound', 'dB[SPL]', 0, 'avg', 900),
    (89, 'walking_speed', 'm/s', 0, 'avg', 900),
    (90, 'step_length', 'm', 0, 'avg', 900),
    (91, 'walking_asymmetry', '%', 0, 'avg', 900),
    (92, 'double_support', '%', 0, 'avg', 900),
    (93, 'six_minute_walk', 'm', 2, 'last', NULL),
    (94, 'power', 'W', 0, 'avg', 900),
    (95, 'cadence', '/min', 0, 'avg', 900),
    (96, 'speed', 'm/s', 0, 'avg', 900),
    (97, 'stride_length', 'm', 0, 'avg', 900),
    (98, 'ftp', 'W', 2, 'last', NULL),
    (99, 'mood', '{score}', 2, 'avg', NULL),
    (100, 'stress', '{score}', 2, 'avg', NULL),
    (101, 'soreness', '{score}', 2, 'avg', NULL),
    (102, 'menstruation_flow', '{0-3}', 2, 'max', NULL),
    (103, 'nike_fuel', '{points}', 1, 'sum', NULL);
UPDATE metric SET slot_s = CASE code WHEN 'heart_rate' THEN 300 ELSE 900 END WHERE metric_id IN (15, 29);
UPDATE metric SET day_aggregate = 'sum' WHERE code = 'sleep_duration';

CREATE TABLE source (
    source_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    app text NOT NULL,
    device text,
    device_kind text NOT NULL DEFAULT 'unknown'
        CHECK (device_kind IN ('manual', 'watch', 'ring', 'band', 'phone', 'scale', 'app', 'unknown')),
    name text,
    ignored boolean NOT NULL DEFAULT false,
    merged_into integer,
    import_id integer,
    UNIQUE NULLS NOT DISTINCT (user_id, app, device)
);
COMMENT ON TABLE source IS 'who measured: an app and a device of a user';
COMMENT ON COLUMN source.name IS 'what the user calls it; else the app and the device name it';
COMMENT ON COLUMN source.merged_into IS 'counts as that source of the same user';
COMMENT ON COLUMN source.import_id IS 'the import that brought it into being';

CREATE TABLE source_priority (
    user_id uuid NOT NULL,
    metric_id smallint NOT NULL,
    source_id integer NOT NULL,
    position smallint NOT NULL,
    import_id integer,
    PRIMARY KEY (user_id, metric_id, source_id)
);
COMMENT ON COLUMN source_priority.import_id IS 'the import of an archive it came with';
COMMENT ON COLUMN source_priority.metric_id IS '0: the order of all metrics that have none of their own';

CREATE TABLE series (
    series_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    metric_id smallint NOT NULL REFERENCES metric,
    source_id integer NOT NULL,
    longest_s integer NOT NULL DEFAULT 0,
    import_id integer,
    UNIQUE (user_id, metric_id, source_id)
);
COMMENT ON COLUMN series.longest_s IS 'no sample of it ever was longer: how far before an instant one has to look';
CREATE INDEX series_by_source ON series (source_id);

CREATE TABLE sample (
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    n smallint NOT NULL,
    duration_s integer NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision NOT NULL,
    PRIMARY KEY (series_id, at, n)
) PARTITION BY RANGE (at);
COMMENT ON COLUMN sample.n IS 'tells apart what one source says of one instant; always 0 for sampled and point metrics';
COMMENT ON COLUMN sample.offset_min IS 'east of UTC where it was measured, as far as a source says so that can be believed';

CREATE TABLE sample_default PARTITION OF sample DEFAULT;
DO $$ BEGIN
    FOR year IN 2000..2045 LOOP
        EXECUTE format(
            'CREATE TABLE sample_%s PARTITION OF sample FOR VALUES FROM (%L) TO (%L)',
            year, make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC')
        );
    END LOOP;
END $$;

CREATE TABLE sample_before (
    import_id integer NOT NULL,
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    n smallint NOT NULL,
    duration_s integer NOT NULL,
    offset_min smallint,
    old_import_id integer,
    value double precision NOT NULL,
    PRIMARY KEY (import_id, series_id, at, n)
);
COMMENT ON TABLE sample_before IS 'what an import replaced, so that it can be undone';
CREATE INDEX sample_before_by_old ON sample_before (old_import_id, import_id);

CREATE TABLE import_series (
    import_id integer NOT NULL,
    series_id integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    read bigint NOT NULL,
    inserted bigint NOT NULL,
    updated bigint NOT NULL,
    PRIMARY KEY (import_id, series_id)
);
COMMENT ON TABLE import_series IS 'which part of a series an import touched; undo looks nowhere else';
CREATE INDEX import_series_by_series ON import_series (series_id);

CREATE TABLE quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    import_id integer NOT NULL,
    series_id integer NOT NULL,
    at timestamptz NOT NULL,
    duration_s integer NOT NULL,
    offset_min smallint,
    value double precision NOT NULL
);
COMMENT ON TABLE quarantine IS 'values outside the bounds of their metric, kept aside until the user accepts them';
CREATE INDEX quarantine_by_import ON quarantine (user_id, import_id, quarantine_id);
CREATE UNIQUE INDEX quarantine_once ON quarantine (import_id, series_id, at, duration_s, value);

CREATE TABLE day_source (
    series_id integer NOT NULL,
    on_date date NOT NULL,
    n integer NOT NULL,
    sum double precision NOT NULL,
    min double precision NOT NULL,
    max double precision NOT NULL,
    last double precision NOT NULL,
    PRIMARY KEY (series_id, on_date)
);
COMMENT ON TABLE day_source IS 'what one source says of a day, before arbitration; made anew from samples, never added to';

ALTER TABLE health_record ADD COLUMN import_id integer;
COMMENT ON COLUMN health_record.import_id IS 'the import of an archive it came with, unless it has been changed since';

ALTER TABLE day_summary ADD COLUMN coverage real;
COMMENT ON COLUMN day_summary.coverage IS 'share of the day that the chosen samples cover; null where that means nothing';

-- What was entered waits here until the worker has made samples of it; samples wait in the new dirty_day.
ALTER TABLE dirty_day RENAME TO dirty_record;
ALTER TABLE dirty_record RENAME CONSTRAINT dirty_day_pkey TO dirty_record_pkey;
ALTER SEQUENCE dirty_day_id_seq RENAME TO dirty_record_id_seq;
CREATE TABLE dirty_day (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_id integer NOT NULL,
    on_date date NOT NULL,
    bulk boolean NOT NULL DEFAULT false
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON COLUMN dirty_day.bulk IS 'one of very many (an import, its undo, a change of zone): its turn is after what others wait for';
CREATE INDEX dirty_day_turn ON dirty_day (bulk, id);
INSERT INTO dirty_record (user_id, on_date) SELECT DISTINCT user_id, on_date FROM health_record;

-- migrate:down
DROP TABLE dirty_day;
ALTER SEQUENCE dirty_record_id_seq RENAME TO dirty_day_id_seq;
ALTER TABLE dirty_record RENAME CONSTRAINT dirty_record_pkey TO dirty_day_pkey;
ALTER TABLE dirty_record RENAME TO dirty_day;
ALTER TABLE day_summary DROP COLUMN coverage;
ALTER TABLE health_record DROP COLUMN import_id;
DROP TABLE day_source, quarantine, import_series, sample_before, sample, series, source_priority, source;
DELETE FROM day_summary WHERE metric_id NOT IN (1, 15, 16, 24, 27, 28, 29, 36, 46);
DELETE FROM metric WHERE metric_id NOT IN (1, 15, 16, 24, 27, 28, 29, 36, 46);
UPDATE metric SET day_aggregate = 'last' WHERE code = 'sleep_duration';
ALTER TABLE metric
    DROP CONSTRAINT metric_day_aggregate_check,
    DROP COLUMN slot_s,
    ADD CHECK (day_aggregate IN ('sum', 'avg', 'last'));
