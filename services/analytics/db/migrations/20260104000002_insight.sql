-- migrate:up
CREATE TABLE insight (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    rule text NOT NULL,
    on_date date NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    evidence jsonb NOT NULL,
    version bigint NOT NULL,
    withdrawn boolean NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN insight.withdrawn IS 'the data were corrected and no longer say so; the row stays for its version';
COMMENT ON COLUMN insight.found_at IS 'when it appeared, or last came back';
CREATE INDEX insight_by_date ON insight (user_id, on_date DESC, id DESC) WHERE NOT withdrawn;

-- migrate:down
DROP TABLE insight;
