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
-- Name: contact; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contact (
    user_id uuid NOT NULL,
    version bigint NOT NULL,
    email text,
    email_verified boolean NOT NULL
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
-- Name: notification; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notification (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    cause jsonb NOT NULL,
    cause_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    read_at timestamp with time zone,
    record jsonb
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
-- Name: recorded_value; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recorded_value (
    user_id uuid NOT NULL,
    cause_key text NOT NULL,
    metric text NOT NULL,
    source text NOT NULL,
    version bigint NOT NULL,
    unit text NOT NULL,
    n integer NOT NULL,
    last double precision NOT NULL
);

--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

--
-- Name: contact contact_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (user_id);

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
-- Name: notification notification_in_order; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notification
    ADD CONSTRAINT notification_in_order UNIQUE (user_id, seq);

--
-- Name: notification notification_once_per_cause; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notification
    ADD CONSTRAINT notification_once_per_cause UNIQUE (user_id, cause_key);

--
-- Name: notification notification_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notification
    ADD CONSTRAINT notification_pkey PRIMARY KEY (user_id, id);

--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

--
-- Name: recorded_value recorded_value_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recorded_value
    ADD CONSTRAINT recorded_value_pkey PRIMARY KEY (user_id, cause_key, metric, source);

--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

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
-- Name: notification_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notification_newest ON public.notification USING btree (user_id, created_at DESC, id DESC);

--
-- Name: notification_unread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notification_unread ON public.notification USING btree (user_id, created_at DESC, id DESC) WHERE (read_at IS NULL);

--
-- PostgreSQL database dump complete
--
