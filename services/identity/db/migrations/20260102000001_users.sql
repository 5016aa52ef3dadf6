-- migrate:up
CREATE TABLE user_account (
    user_id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE,
    version bigint NOT NULL DEFAULT 1,
    display_name text,
    email text,
    locale text NOT NULL,
    units text NOT NULL,
    first_day_of_week smallint NOT NULL,
    birth_date date,
    sex text,
    height_cm double precision,
    zones jsonb NOT NULL,
    sessions_epoch integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN user_account.zones IS '[{zone, from}], oldest first, the first from null';
COMMENT ON COLUMN user_account.sessions_epoch IS 'access tokens signed under a smaller one have ended';
CREATE INDEX user_account_by_change ON user_account (updated_at);

CREATE TABLE credential (
    user_id uuid PRIMARY KEY REFERENCES user_account ON DELETE CASCADE,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE login_throttle (
    name_hash bytea PRIMARY KEY,
    failures integer NOT NULL,
    ends_at timestamptz NOT NULL
);
COMMENT ON TABLE login_throttle IS 'wrong passwords per name, whether anyone has the name or not';

CREATE TABLE session (
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    id uuid NOT NULL,
    seed bytea NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    client text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    rotated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN session.generation IS 'number of the one refresh token that is good now';

-- migrate:down
DROP TABLE session, login_throttle, credential, user_account;
