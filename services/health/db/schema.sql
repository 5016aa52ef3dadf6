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
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: dirty_day; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dirty_day (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    on_date date NOT NULL
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
    body_temperature double precision
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
    CONSTRAINT metric_day_aggregate_check CHECK ((day_aggregate = ANY (ARRAY['sum'::text, 'avg'::text, 'last'::text]))),
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
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

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
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

--
-- Name: day_summary_by_change; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX day_summary_by_change ON public.day_summary USING btree (updated_at);

--
-- Name: health_record_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX health_record_by_time ON public.health_record USING btree (user_id, at, id);

--
-- Name: idempotency_key_by_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);

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
-- Name: day_summary day_summary_metric_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.day_summary
    ADD CONSTRAINT day_summary_metric_id_fkey FOREIGN KEY (metric_id) REFERENCES public.metric(metric_id);

--
-- PostgreSQL database dump complete
--
