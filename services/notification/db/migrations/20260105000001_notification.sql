-- migrate:up
CREATE TABLE notification (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    cause jsonb NOT NULL,
    cause_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    PRIMARY KEY (user_id, id),
    CONSTRAINT notification_once_per_cause UNIQUE (user_id, cause_key),
    CONSTRAINT notification_in_order UNIQUE (user_id, seq)
);
COMMENT ON COLUMN notification.seq IS
    'place in the user''s stream: given under the user''s lock, so who reads n has missed nothing before n';
CREATE INDEX notification_newest ON notification (user_id, created_at DESC, id DESC);
CREATE INDEX notification_unread ON notification (user_id, created_at DESC, id DESC) WHERE read_at IS NULL;

CREATE TABLE recorded_value (
    user_id uuid NOT NULL,
    cause_key text NOT NULL,
    metric text NOT NULL,
    source text NOT NULL,
    version bigint NOT NULL,
    unit text NOT NULL,
    n integer NOT NULL,
    last double precision NOT NULL,
    PRIMARY KEY (user_id, cause_key, metric, source)
);
COMMENT ON TABLE recorded_value IS 'what came with one health record or upload; the text of its notification is made from it';

-- migrate:down
DROP TABLE recorded_value, notification;
