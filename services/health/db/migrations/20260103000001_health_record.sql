-- migrate:up
CREATE TABLE metric (
    metric_id smallint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    unit text NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 3),
    day_aggregate text NOT NULL CHECK (day_aggregate IN ('sum', 'avg', 'last'))
);
COMMENT ON TABLE metric IS 'the catalogue; ids never change';
COMMENT ON COLUMN metric.kind IS '0 sampled, 1 additive, 2 point, 3 sleep';

INSERT INTO metric (metric_id, code, unit, kind, day_aggregate) VALUES
    (1, 'steps', '{steps}', 1, 'sum'),
    (15, 'heart_rate', '/min', 0, 'avg'),
    (16, 'resting_heart_rate', '/min', 2, 'last'),
    (24, 'body_temperature', 'Cel', 2, 'avg'),
    (27, 'bp_systolic', 'mm[Hg]', 2, 'avg'),
    (28, 'bp_diastolic', 'mm[Hg]', 2, 'avg'),
    (29, 'blood_glucose', 'mg/dL', 0, 'avg'),
    (36, 'weight', 'kg', 2, 'last'),
    (46, 'sleep_duration', 'h', 3, 'last');

-- A form entry; its value columns are named by the codes of the catalogue.
CREATE TABLE health_record (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    at timestamptz NOT NULL,
    on_date date NOT NULL,
    created_at timestamptz NOT NULL,
    steps integer,
    sleep_duration double precision,
    weight double precision,
    resting_heart_rate double precision,
    heart_rate double precision,
    bp_systolic double precision,
    bp_diastolic double precision,
    blood_glucose double precision,
    body_temperature double precision,
    PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN health_record.on_date IS 'the user''s local date of "at" by the zones known when the day was last summarised';
CREATE INDEX health_record_by_time ON health_record (user_id, at, id);

CREATE TABLE day_summary (
    user_id uuid NOT NULL,
    metric_id smallint NOT NULL REFERENCES metric,
    on_date date NOT NULL,
    value double precision,
    min double precision,
    max double precision,
    n integer NOT NULL,
    sources text[] NOT NULL,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, metric_id, on_date)
);
COMMENT ON COLUMN day_summary.value IS 'null when nothing is left; the row stays, so that its version never restarts';
CREATE INDEX day_summary_by_change ON day_summary (updated_at);

-- A queue: every write adds the days it touched, a worker takes them out. Without a unique key no writer waits for another.
CREATE TABLE dirty_day (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    on_date date NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- migrate:down
DROP TABLE dirty_day, day_summary, health_record, metric;
