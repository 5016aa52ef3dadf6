-- migrate:up
-- The copy of health's day summaries. A row whose value is null stays, so that its version never restarts.
CREATE TABLE known_day (
    user_id uuid NOT NULL,
    metric text NOT NULL,
    on_date date NOT NULL,
    kind text NOT NULL,
    value double precision,
    min double precision,
    max double precision,
    n integer NOT NULL,
    unit text NOT NULL,
    sources jsonb NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (user_id, metric, on_date)
);

-- migrate:down
DROP TABLE known_day;
