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
-- Name: credential; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.credential (
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
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
-- Name: erasure; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.erasure (
    id uuid NOT NULL,
    user_hash bytea NOT NULL,
    user_id uuid,
    name_hash bytea,
    version bigint NOT NULL,
    waiting text[] NOT NULL,
    rows_erased jsonb DEFAULT '{}'::jsonb NOT NULL,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    reminded_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT erasure_check CHECK (((closed_at IS NULL) OR ((user_id IS NULL) AND (name_hash IS NULL))))
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
-- Name: login_throttle; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.login_throttle (
    name_hash bytea NOT NULL,
    failures integer NOT NULL,
    ends_at timestamp with time zone NOT NULL
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
-- Name: session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    seed bytea NOT NULL,
    generation integer DEFAULT 0 NOT NULL,
    client text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    rotated_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: signing_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.signing_key (
    kid text NOT NULL,
    private bytea NOT NULL,
    signs_from timestamp with time zone NOT NULL,
    retires_at timestamp with time zone
);

--
-- Name: user_account; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_account (
    user_id uuid NOT NULL,
    username text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    display_name text,
    email text,
    locale text NOT NULL,
    units text NOT NULL,
    first_day_of_week smallint NOT NULL,
    birth_date date,
    sex text,
    height_cm double precision,
    zones jsonb NOT NULL,
    sessions_epoch integer DEFAULT 0 NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: credential credential_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (user_id);

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
-- Name: erasure erasure_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_pkey PRIMARY KEY (id);

--
-- Name: erasure erasure_user_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_user_id_key UNIQUE (user_id);

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
-- Name: login_throttle login_throttle_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_throttle
    ADD CONSTRAINT login_throttle_pkey PRIMARY KEY (name_hash);

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
-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (user_id, id);

--
-- Name: signing_key signing_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);

--
-- Name: user_account user_account_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT user_account_pkey PRIMARY KEY (user_id);

--
-- Name: user_account user_account_username_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT user_account_username_key UNIQUE (username);

--
-- Name: erasure_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX erasure_name ON public.erasure USING btree (name_hash) WHERE (name_hash IS NOT NULL);

--
-- Name: erasure_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX erasure_open ON public.erasure USING btree (reminded_at) WHERE (closed_at IS NULL);

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
-- Name: user_account_by_change; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX user_account_by_change ON public.user_account USING btree (updated_at);

--
-- Name: credential credential_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credential
    ADD CONSTRAINT credential_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id) ON DELETE CASCADE;

--
-- Name: session session_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id) ON DELETE CASCADE;

--
-- PostgreSQL database dump complete
--
