-- migrate:up
CREATE TABLE workout_sample (
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL,
    version bigint NOT NULL,
    series_id integer,
    at timestamptz,
    n smallint,
    PRIMARY KEY (user_id, workout_id)
);
COMMENT ON TABLE workout_sample IS 'which version of a workout is known, and where the sample of its time lies; without one, it is gone';

CREATE TABLE import_elsewhere (
    user_id uuid NOT NULL,
    import_id uuid NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    counts jsonb NOT NULL DEFAULT '{}',
    error text,
    PRIMARY KEY (user_id, import_id)
);
COMMENT ON TABLE import_elsewhere IS 'what the workout service has made of an import whose file was handed on to it';

-- migrate:down
DROP TABLE import_elsewhere, workout_sample;
