--
-- PostgreSQL database dump
--

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--

-- *not* creating schema, since initdb creates it

--
-- Name: local_date(uuid, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.local_date(of_user uuid, at timestamp with time zone) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT (at AT TIME ZONE coalesce(
        (SELECT zone FROM known_zone WHERE user_id = of_user AND since <= at ORDER BY since DESC LIMIT 1), 'UTC'
    ))::date
$$;

--
-- Name: day_source; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.day_source (
    series_id integer NOT NULL,
    on_date date NOT NULL,
    n integer NOT NULL,
    sum double precision NOT NULL,
    min double precision NOT NULL,
    max double precision NOT NULL,
    last double precision NOT NULL
);

--
-- Name: day_summary; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.day_summary (
    user_id uuid NOT NULL,
    metric_id smallint NOT NULL,
    on_date date NOT NULL,
    value double precision,
    min double precision,
    max double precision,
    n integer NOT NULL,
    sources text[] NOT NULL,
    version bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    coverage real
);

--
-- Name: dirty_day; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dirty_day (
    id bigint CONSTRAINT dirty_day_id_not_null1 NOT NULL,
    series_id integer NOT NULL,
    on_date date CONSTRAINT dirty_day_on_date_not_null1 NOT NULL,
    bulk boolean DEFAULT false NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

--
-- Name: dirty_day_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.dirty_day ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dirty_day_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: dirty_record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dirty_record (
    id bigint CONSTRAINT dirty_day_id_not_null NOT NULL,
    user_id uuid CONSTRAINT dirty_day_user_id_not_null NOT NULL,
    on_date date CONSTRAINT dirty_day_on_date_not_null NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

--
-- Name: dirty_record_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.dirty_record ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dirty_record_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: ended_session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ended_session (
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    ended_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: erased; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.erased (
    user_id uuid NOT NULL,
    erased_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: health_record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.health_record (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    at timestamp with time zone NOT NULL,
    on_date date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    steps integer,
    sleep_duration double precision,
    weight double precision,
    resting_heart_rate double precision,
    heart_rate double precision,
    bp_systolic double precision,
    bp_diastolic double precision,
    blood_glucose double precision,
    body_temperature double precision,
    import_id integer
);

--
-- Name: idempotency_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_key (
    owner text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint,
    headers bytea,
    body bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: import; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import (
    import_id integer NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    stored boolean DEFAULT true NOT NULL,
    mapping jsonb,
    source text,
    format text,
    zone text,
    state text NOT NULL,
    outcome text,
    error text,
    reader text,
    batch integer DEFAULT 0 NOT NULL,
    bytes_done bigint DEFAULT 0 NOT NULL,
    bytes_total bigint NOT NULL,
    records bigint DEFAULT 0 NOT NULL,
    seconds double precision DEFAULT 0 NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    kept jsonb DEFAULT '{}'::jsonb NOT NULL,
    unknown jsonb DEFAULT '{}'::jsonb NOT NULL,
    claim integer DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    came_with integer,
    lease_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    lies_at text,
    CONSTRAINT import_outcome_check CHECK ((outcome = ANY (ARRAY['finished'::text, 'partial'::text, 'failed'::text]))),
    CONSTRAINT import_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text, 'finished'::text, 'partial'::text, 'failed'::text, 'cancelling'::text, 'cancelled'::text, 'undoing'::text, 'undone'::text])))
);

--
-- Name: import_elsewhere; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_elsewhere (
    user_id uuid NOT NULL,
    import_id uuid NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text
);

--
-- Name: import_import_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.import ALTER COLUMN import_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.import_import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: import_issue; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_issue (
    import_id integer NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    detail text NOT NULL,
    part text,
    line bigint,
    count bigint NOT NULL,
    CONSTRAINT import_issue_kind_check CHECK ((kind = ANY (ARRAY['error'::text, 'warning'::text])))
);

--
-- Name: import_part; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_part (
    import_id integer NOT NULL,
    name text NOT NULL,
    records bigint NOT NULL,
    errors integer NOT NULL,
    warnings integer NOT NULL,
    kept jsonb NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL
);

--
-- Name: import_series; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_series (
    import_id integer NOT NULL,
    series_id integer NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    read bigint NOT NULL,
    inserted bigint NOT NULL,
    updated bigint NOT NULL
);

--
-- Name: inbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    handled_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: known_user; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.known_user (
    user_id uuid NOT NULL,
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
    ended_at timestamp with time zone
);

--
-- Name: known_zone; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.known_zone (
    user_id uuid NOT NULL,
    since timestamp with time zone NOT NULL,
    zone text NOT NULL
);

--
-- Name: metric; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.metric (
    metric_id smallint NOT NULL,
    code text NOT NULL,
    unit text NOT NULL,
    kind smallint NOT NULL,
    day_aggregate text NOT NULL,
    slot_s integer,
    CONSTRAINT metric_day_aggregate_check CHECK ((day_aggregate = ANY (ARRAY['sum'::text, 'avg'::text, 'last'::text, 'max'::text]))),
    CONSTRAINT metric_kind_check CHECK (((kind >= 0) AND (kind <= 3)))
);

--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    event_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    body bytea NOT NULL,
    trace text,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: quarantine; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.quarantine (
    quarantine_id bigint NOT NULL,
    user_id uuid NOT NULL,
    import_id integer NOT NULL,
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    duration_s integer NOT NULL,
    offset_min smallint,
    value double precision NOT NULL
);

--
-- Name: quarantine_quarantine_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.quarantine ALTER COLUMN quarantine_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.quarantine_quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: sample; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample (
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    n smallint NOT NULL,
    duration_s integer NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision NOT NULL
)
PARTITION BY RANGE (at);

--
-- Name: sample_2000; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2000 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2001; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2001 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2002; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2002 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2003; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2003 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2004; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2004 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2005; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2005 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2006; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2006 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2007; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2007 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2008; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2008 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2009; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2009 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2010; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2010 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2011; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2011 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2012; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2012 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2013; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2013 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2014; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2014 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2015; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2015 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2016; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2016 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2017; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2017 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2018; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2018 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2019; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2019 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2020; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2020 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2021; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2021 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2022; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2022 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2023; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2023 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2024; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2024 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2025; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2025 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2026; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2026 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2027; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2027 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2028; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2028 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2029; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2029 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2030; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2030 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2031; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2031 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2032; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2032 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2033; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2033 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2034; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2034 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2035; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2035 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2036; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2036 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2037; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2037 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2038; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2038 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2039; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2039 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2040; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2040 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2041; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2041 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2042; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2042 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2043; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2043 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2044; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2044 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_2045; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_2045 (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: sample_before; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_before (
    import_id integer NOT NULL,
    series_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    n smallint NOT NULL,
    duration_s integer NOT NULL,
    offset_min smallint,
    old_import_id integer,
    value double precision NOT NULL
);

--
-- Name: sample_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_default (
    series_id integer CONSTRAINT sample_series_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT sample_at_not_null NOT NULL,
    n smallint CONSTRAINT sample_n_not_null NOT NULL,
    duration_s integer CONSTRAINT sample_duration_s_not_null NOT NULL,
    offset_min smallint,
    import_id integer,
    value double precision CONSTRAINT sample_value_not_null NOT NULL
);

--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

--
-- Name: series; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.series (
    series_id integer NOT NULL,
    user_id uuid NOT NULL,
    metric_id smallint NOT NULL,
    source_id integer NOT NULL,
    longest_s integer DEFAULT 0 NOT NULL,
    import_id integer
);

--
-- Name: series_series_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.series ALTER COLUMN series_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.series_series_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: source; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.source (
    source_id integer NOT NULL,
    user_id uuid NOT NULL,
    app text NOT NULL,
    device text,
    device_kind text DEFAULT 'unknown'::text NOT NULL,
    name text,
    ignored boolean DEFAULT false NOT NULL,
    merged_into integer,
    import_id integer,
    CONSTRAINT source_device_kind_check CHECK ((device_kind = ANY (ARRAY['manual'::text, 'watch'::text, 'ring'::text, 'band'::text, 'phone'::text, 'scale'::text, 'app'::text, 'unknown'::text])))
);

--
-- Name: source_priority; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.source_priority (
    user_id uuid NOT NULL,
    metric_id smallint NOT NULL,
    source_id integer NOT NULL,
    "position" smallint NOT NULL,
    import_id integer
);

--
-- Name: source_source_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.source ALTER COLUMN source_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.source_source_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: workout_sample; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_sample (
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL,
    version bigint NOT NULL,
    series_id integer,
    at timestamp with time zone,
    n smallint
);

--
-- Name: sample_2000; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2000 FOR VALUES FROM ('2000-01-01 00:00:00+00') TO ('2001-01-01 00:00:00+00');

--
-- Name: sample_2001; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2001 FOR VALUES FROM ('2001-01-01 00:00:00+00') TO ('2002-01-01 00:00:00+00');

--
-- Name: sample_2002; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2002 FOR VALUES FROM ('2002-01-01 00:00:00+00') TO ('2003-01-01 00:00:00+00');

--
-- Name: sample_2003; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2003 FOR VALUES FROM ('2003-01-01 00:00:00+00') TO ('2004-01-01 00:00:00+00');

--
-- Name: sample_2004; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2004 FOR VALUES FROM ('2004-01-01 00:00:00+00') TO ('2005-01-01 00:00:00+00');

--
-- Name: sample_2005; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2005 FOR VALUES FROM ('2005-01-01 00:00:00+00') TO ('2006-01-01 00:00:00+00');

--
-- Name: sample_2006; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2006 FOR VALUES FROM ('2006-01-01 00:00:00+00') TO ('2007-01-01 00:00:00+00');

--
-- Name: sample_2007; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2007 FOR VALUES FROM ('2007-01-01 00:00:00+00') TO ('2008-01-01 00:00:00+00');

--
-- Name: sample_2008; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2008 FOR VALUES FROM ('2008-01-01 00:00:00+00') TO ('2009-01-01 00:00:00+00');

--
-- Name: sample_2009; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2009 FOR VALUES FROM ('2009-01-01 00:00:00+00') TO ('2010-01-01 00:00:00+00');

--
-- Name: sample_2010; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2010 FOR VALUES FROM ('2010-01-01 00:00:00+00') TO ('2011-01-01 00:00:00+00');

--
-- Name: sample_2011; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2011 FOR VALUES FROM ('2011-01-01 00:00:00+00') TO ('2012-01-01 00:00:00+00');

--
-- Name: sample_2012; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2012 FOR VALUES FROM ('2012-01-01 00:00:00+00') TO ('2013-01-01 00:00:00+00');

--
-- Name: sample_2013; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2013 FOR VALUES FROM ('2013-01-01 00:00:00+00') TO ('2014-01-01 00:00:00+00');

--
-- Name: sample_2014; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2014 FOR VALUES FROM ('2014-01-01 00:00:00+00') TO ('2015-01-01 00:00:00+00');

--
-- Name: sample_2015; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2015 FOR VALUES FROM ('2015-01-01 00:00:00+00') TO ('2016-01-01 00:00:00+00');

--
-- Name: sample_2016; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2016 FOR VALUES FROM ('2016-01-01 00:00:00+00') TO ('2017-01-01 00:00:00+00');

--
-- Name: sample_2017; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2017 FOR VALUES FROM ('2017-01-01 00:00:00+00') TO ('2018-01-01 00:00:00+00');

--
-- Name: sample_2018; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2018 FOR VALUES FROM ('2018-01-01 00:00:00+00') TO ('2019-01-01 00:00:00+00');

--
-- Name: sample_2019; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2019 FOR VALUES FROM ('2019-01-01 00:00:00+00') TO ('2020-01-01 00:00:00+00');

--
-- Name: sample_2020; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2020 FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2021-01-01 00:00:00+00');

--
-- Name: sample_2021; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2021 FOR VALUES FROM ('2021-01-01 00:00:00+00') TO ('2022-01-01 00:00:00+00');

--
-- Name: sample_2022; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2022 FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2023-01-01 00:00:00+00');

--
-- Name: sample_2023; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2023 FOR VALUES FROM ('2023-01-01 00:00:00+00') TO ('2024-01-01 00:00:00+00');

--
-- Name: sample_2024; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2024 FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');

--
-- Name: sample_2025; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2025 FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');

--
-- Name: sample_2026; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2026 FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');

--
-- Name: sample_2027; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2027 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');

--
-- Name: sample_2028; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2028 FOR VALUES FROM ('2028-01-01 00:00:00+00') TO ('2029-01-01 00:00:00+00');

--
-- Name: sample_2029; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2029 FOR VALUES FROM ('2029-01-01 00:00:00+00') TO ('2030-01-01 00:00:00+00');

--
-- Name: sample_2030; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2030 FOR VALUES FROM ('2030-01-01 00:00:00+00') TO ('2031-01-01 00:00:00+00');

--
-- Name: sample_2031; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2031 FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2032-01-01 00:00:00+00');

--
-- Name: sample_2032; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2032 FOR VALUES FROM ('2032-01-01 00:00:00+00') TO ('2033-01-01 00:00:00+00');

--
-- Name: sample_2033; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2033 FOR VALUES FROM ('2033-01-01 00:00:00+00') TO ('2034-01-01 00:00:00+00');

--
-- Name: sample_2034; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2034 FOR VALUES FROM ('2034-01-01 00:00:00+00') TO ('2035-01-01 00:00:00+00');

--
-- Name: sample_2035; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2035 FOR VALUES FROM ('2035-01-01 00:00:00+00') TO ('2036-01-01 00:00:00+00');

--
-- Name: sample_2036; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2036 FOR VALUES FROM ('2036-01-01 00:00:00+00') TO ('2037-01-01 00:00:00+00');

--
-- Name: sample_2037; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2037 FOR VALUES FROM ('2037-01-01 00:00:00+00') TO ('2038-01-01 00:00:00+00');

--
-- Name: sample_2038; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2038 FOR VALUES FROM ('2038-01-01 00:00:00+00') TO ('2039-01-01 00:00:00+00');

--
-- Name: sample_2039; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2039 FOR VALUES FROM ('2039-01-01 00:00:00+00') TO ('2040-01-01 00:00:00+00');

--
-- Name: sample_2040; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2040 FOR VALUES FROM ('2040-01-01 00:00:00+00') TO ('2041-01-01 00:00:00+00');

--
-- Name: sample_2041; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2041 FOR VALUES FROM ('2041-01-01 00:00:00+00') TO ('2042-01-01 00:00:00+00');

--
-- Name: sample_2042; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2042 FOR VALUES FROM ('2042-01-01 00:00:00+00') TO ('2043-01-01 00:00:00+00');

--
-- Name: sample_2043; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2043 FOR VALUES FROM ('2043-01-01 00:00:00+00') TO ('2044-01-01 00:00:00+00');

--
-- Name: sample_2044; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2044 FOR VALUES FROM ('2044-01-01 00:00:00+00') TO ('2045-01-01 00:00:00+00');

--
-- Name: sample_2045; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_2045 FOR VALUES FROM ('2045-01-01 00:00:00+00') TO ('2046-01-01 00:00:00+00');

--
-- Name: sample_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_default DEFAULT;

--
-- Name: day_source day_source_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.day_source
    ADD CONSTRAINT day_source_pkey PRIMARY KEY (series_id, on_date);

--
-- Name: day_summary day_summary_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.day_summary
    ADD CONSTRAINT day_summary_pkey PRIMARY KEY (user_id, metric_id, on_date);

--
-- Name: dirty_day dirty_day_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dirty_day
    ADD CONSTRAINT dirty_day_pkey PRIMARY KEY (id);

--
-- Name: dirty_record dirty_record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dirty_record
    ADD CONSTRAINT dirty_record_pkey PRIMARY KEY (id);

--
-- Name: ended_session ended_session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ended_session
    ADD CONSTRAINT ended_session_pkey PRIMARY KEY (user_id, session_id);

--
-- Name: erased erased_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.erased
    ADD CONSTRAINT erased_pkey PRIMARY KEY (user_id);

--
-- Name: health_record health_record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.health_record
    ADD CONSTRAINT health_record_pkey PRIMARY KEY (user_id, id);

--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (owner, key);

--
-- Name: import_elsewhere import_elsewhere_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_elsewhere
    ADD CONSTRAINT import_elsewhere_pkey PRIMARY KEY (user_id, import_id);

--
-- Name: import import_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import
    ADD CONSTRAINT import_id_key UNIQUE (id);

--
-- Name: import_issue import_issue_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_issue
    ADD CONSTRAINT import_issue_pkey PRIMARY KEY (import_id, seq);

--
-- Name: import_part import_part_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_part
    ADD CONSTRAINT import_part_pkey PRIMARY KEY (import_id, name);

--
-- Name: import import_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (import_id);

--
-- Name: import_series import_series_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_series
    ADD CONSTRAINT import_series_pkey PRIMARY KEY (import_id, series_id);

--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);

--
-- Name: known_user known_user_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.known_user
    ADD CONSTRAINT known_user_pkey PRIMARY KEY (user_id);

--
-- Name: known_zone known_zone_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.known_zone
    ADD CONSTRAINT known_zone_pkey PRIMARY KEY (user_id, since);

--
-- Name: metric metric_code_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.metric
    ADD CONSTRAINT metric_code_key UNIQUE (code);

--
-- Name: metric metric_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.metric
    ADD CONSTRAINT metric_pkey PRIMARY KEY (metric_id);

--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

--
-- Name: quarantine quarantine_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (quarantine_id);

--
-- Name: sample sample_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample
    ADD CONSTRAINT sample_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2000 sample_2000_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2000
    ADD CONSTRAINT sample_2000_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2001 sample_2001_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2001
    ADD CONSTRAINT sample_2001_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2002 sample_2002_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2002
    ADD CONSTRAINT sample_2002_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2003 sample_2003_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2003
    ADD CONSTRAINT sample_2003_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2004 sample_2004_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2004
    ADD CONSTRAINT sample_2004_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2005 sample_2005_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2005
    ADD CONSTRAINT sample_2005_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2006 sample_2006_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2006
    ADD CONSTRAINT sample_2006_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2007 sample_2007_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2007
    ADD CONSTRAINT sample_2007_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2008 sample_2008_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2008
    ADD CONSTRAINT sample_2008_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2009 sample_2009_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2009
    ADD CONSTRAINT sample_2009_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2010 sample_2010_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2010
    ADD CONSTRAINT sample_2010_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2011 sample_2011_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2011
    ADD CONSTRAINT sample_2011_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2012 sample_2012_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2012
    ADD CONSTRAINT sample_2012_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2013 sample_2013_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2013
    ADD CONSTRAINT sample_2013_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2014 sample_2014_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2014
    ADD CONSTRAINT sample_2014_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2015 sample_2015_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2015
    ADD CONSTRAINT sample_2015_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2016 sample_2016_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2016
    ADD CONSTRAINT sample_2016_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2017 sample_2017_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2017
    ADD CONSTRAINT sample_2017_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2018 sample_2018_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2018
    ADD CONSTRAINT sample_2018_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2019 sample_2019_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2019
    ADD CONSTRAINT sample_2019_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2020 sample_2020_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2020
    ADD CONSTRAINT sample_2020_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2021 sample_2021_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2021
    ADD CONSTRAINT sample_2021_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2022 sample_2022_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2022
    ADD CONSTRAINT sample_2022_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2023 sample_2023_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2023
    ADD CONSTRAINT sample_2023_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2024 sample_2024_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2024
    ADD CONSTRAINT sample_2024_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2025 sample_2025_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2025
    ADD CONSTRAINT sample_2025_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2026 sample_2026_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2026
    ADD CONSTRAINT sample_2026_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2027 sample_2027_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2027
    ADD CONSTRAINT sample_2027_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2028 sample_2028_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2028
    ADD CONSTRAINT sample_2028_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2029 sample_2029_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2029
    ADD CONSTRAINT sample_2029_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2030 sample_2030_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2030
    ADD CONSTRAINT sample_2030_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2031 sample_2031_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2031
    ADD CONSTRAINT sample_2031_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2032 sample_2032_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2032
    ADD CONSTRAINT sample_2032_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2033 sample_2033_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2033
    ADD CONSTRAINT sample_2033_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2034 sample_2034_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2034
    ADD CONSTRAINT sample_2034_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2035 sample_2035_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2035
    ADD CONSTRAINT sample_2035_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2036 sample_2036_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2036
    ADD CONSTRAINT sample_2036_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2037 sample_2037_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2037
    ADD CONSTRAINT sample_2037_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2038 sample_2038_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2038
    ADD CONSTRAINT sample_2038_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2039 sample_2039_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2039
    ADD CONSTRAINT sample_2039_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2040 sample_2040_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2040
    ADD CONSTRAINT sample_2040_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2041 sample_2041_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2041
    ADD CONSTRAINT sample_2041_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2042 sample_2042_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2042
    ADD CONSTRAINT sample_2042_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2043 sample_2043_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2043
    ADD CONSTRAINT sample_2043_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2044 sample_2044_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2044
    ADD CONSTRAINT sample_2044_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_2045 sample_2045_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_2045
    ADD CONSTRAINT sample_2045_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: sample_before sample_before_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_before
    ADD CONSTRAINT sample_before_pkey PRIMARY KEY (import_id, series_id, at, n);

--
-- Name: sample_default sample_default_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample_default
    ADD CONSTRAINT sample_default_pkey PRIMARY KEY (series_id, at, n);

--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

--
-- Name: series series_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_pkey PRIMARY KEY (series_id);

--
-- Name: series series_user_id_metric_id_source_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_user_id_metric_id_source_id_key UNIQUE (user_id, metric_id, source_id);

--
-- Name: source source_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (source_id);

--
-- Name: source_priority source_priority_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source_priority
    ADD CONSTRAINT source_priority_pkey PRIMARY KEY (user_id, metric_id, source_id);

--
-- Name: source source_user_id_app_device_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_user_id_app_device_key UNIQUE NULLS NOT DISTINCT (user_id, app, device);

--
-- Name: workout_sample workout_sample_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_sample
    ADD CONSTRAINT workout_sample_pkey PRIMARY KEY (user_id, workout_id);

--
-- Name: day_summary_by_change; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX day_summary_by_change ON public.day_summary USING btree (updated_at);

--
-- Name: dirty_day_turn; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX dirty_day_turn ON public.dirty_day USING btree (bulk, id);

--
-- Name: health_record_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX health_record_by_time ON public.health_record USING btree (user_id, at, id);

--
-- Name: idempotency_key_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);

--
-- Name: import_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_by_user ON public.import USING btree (user_id, created_at DESC, id DESC);

--
-- Name: import_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_due ON public.import USING btree (created_at) WHERE (state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text, 'cancelling'::text, 'undoing'::text]));

--
-- Name: import_series_by_series; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_series_by_series ON public.import_series USING btree (series_id);

--
-- Name: inbox_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX inbox_by_age ON public.inbox USING btree (handled_at);

--
-- Name: known_user_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX known_user_by_name ON public.known_user USING btree (username);

--
-- Name: known_user_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX known_user_ended ON public.known_user USING btree (ended_at) WHERE (ended_at IS NOT NULL);

--
-- Name: quarantine_by_import; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX quarantine_by_import ON public.quarantine USING btree (user_id, import_id, quarantine_id);

--
-- Name: quarantine_once; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX quarantine_once ON public.quarantine USING btree (import_id, series_id, at, duration_s, value);

--
-- Name: sample_before_by_old; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sample_before_by_old ON public.sample_before USING btree (old_import_id, import_id);

--
-- Name: series_by_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX series_by_source ON public.series USING btree (source_id);

--
-- Name: sample_2000_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2000_pkey;

--
-- Name: sample_2001_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2001_pkey;

--
-- Name: sample_2002_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2002_pkey;

--
-- Name: sample_2003_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2003_pkey;

--
-- Name: sample_2004_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2004_pkey;

--
-- Name: sample_2005_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2005_pkey;

--
-- Name: sample_2006_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2006_pkey;

--
-- Name: sample_2007_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2007_pkey;

--
-- Name: sample_2008_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2008_pkey;

--
-- Name: sample_2009_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2009_pkey;

--
-- Name: sample_2010_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2010_pkey;

--
-- Name: sample_2011_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2011_pkey;

--
-- Name: sample_2012_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2012_pkey;

--
-- Name: sample_2013_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2013_pkey;

--
-- Name: sample_2014_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2014_pkey;

--
-- Name: sample_2015_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2015_pkey;

--
-- Name: sample_2016_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2016_pkey;

--
-- Name: sample_2017_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2017_pkey;

--
-- Name: sample_2018_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2018_pkey;

--
-- Name: sample_2019_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2019_pkey;

--
-- Name: sample_2020_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2020_pkey;

--
-- Name: sample_2021_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2021_pkey;

--
-- Name: sample_2022_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2022_pkey;

--
-- Name: sample_2023_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2023_pkey;

--
-- Name: sample_2024_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2024_pkey;

--
-- Name: sample_2025_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2025_pkey;

--
-- Name: sample_2026_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2026_pkey;

--
-- Name: sample_2027_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2027_pkey;

--
-- Name: sample_2028_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2028_pkey;

--
-- Name: sample_2029_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2029_pkey;

--
-- Name: sample_2030_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2030_pkey;

--
-- Name: sample_2031_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2031_pkey;

--
-- Name: sample_2032_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2032_pkey;

--
-- Name: sample_2033_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2033_pkey;

--
-- Name: sample_2034_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2034_pkey;

--
-- Name: sample_2035_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2035_pkey;

--
-- Name: sample_2036_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2036_pkey;

--
-- Name: sample_2037_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2037_pkey;

--
-- Name: sample_2038_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2038_pkey;

--
-- Name: sample_2039_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2039_pkey;

--
-- Name: sample_2040_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2040_pkey;

--
-- Name: sample_2041_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2041_pkey;

--
-- Name: sample_2042_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2042_pkey;

--
-- Name: sample_2043_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2043_pkey;

--
-- Name: sample_2044_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2044_pkey;

--
-- Name: sample_2045_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_2045_pkey;

--
-- Name: sample_default_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_pkey ATTACH PARTITION public.sample_default_pkey;

--
-- Name: day_summary day_summary_metric_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.day_summary
    ADD CONSTRAINT day_summary_metric_id_fkey FOREIGN KEY (metric_id) REFERENCES public.metric(metric_id);

--
-- Name: series series_metric_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_metric_id_fkey FOREIGN KEY (metric_id) REFERENCES public.metric(metric_id);

--
-- PostgreSQL database dump complete
--
