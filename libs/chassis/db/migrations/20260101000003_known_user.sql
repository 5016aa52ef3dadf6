-- migrate:up
CREATE TABLE known_user (
    user_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    username text NOT NULL,
    display_name text,
    locale text NOT NULL,
    units text NOT NULL,
    first_day_of_week smallint NOT NULL,
    birth_date date,
    sex text,
    height_cm double precision,
    sessions_epoch integer NOT NULL,
    state text NOT NULL,
    ended_at timestamptz
);
COMMENT ON COLUMN known_user.ended_at IS 'when sessions_epoch last rose: tokens signed before it are refused';
CREATE INDEX known_user_by_name ON known_user (username);
CREATE INDEX known_user_ended ON known_user (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE known_zone (
    user_id uuid NOT NULL,
    since timestamptz NOT NULL,
    zone text NOT NULL,
    PRIMARY KEY (user_id, since)
);

CREATE TABLE ended_session (
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, session_id)
);
COMMENT ON TABLE ended_session IS 'sessions that ended alone, until their last token has expired';

-- The local date of an instant, by the user's zone at that time; UTC while the user is not known yet.
CREATE FUNCTION local_date(of_user uuid, at timestamptz) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (at AT TIME ZONE coalesce(
        (SELECT zone FROM known_zone WHERE user_id = of_user AND since <= at ORDER BY since DESC LIMIT 1), 'UTC'
    ))::date
$$;

-- migrate:down
DROP FUNCTION local_date;
DROP TABLE ended_session, known_zone, known_user;
