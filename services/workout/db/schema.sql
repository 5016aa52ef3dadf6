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
-- Name: brought_again; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.brought_again (
    import_id integer NOT NULL,
    fingerprint bytea NOT NULL,
    user_id uuid NOT NULL,
    file text,
    sha256 text,
    "position" smallint NOT NULL
);

--
-- Name: deleted_recording; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deleted_recording (
    user_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    import_id integer
);

--
-- Name: dirty_workout; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dirty_workout (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

--
-- Name: dirty_workout_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.dirty_workout ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dirty_workout_id_seq
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
-- Name: exercise; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.exercise (
    exercise_id uuid NOT NULL,
    user_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    category text NOT NULL,
    equipment text,
    measure text NOT NULL,
    assisted boolean DEFAULT false NOT NULL,
    primary_muscles text[] DEFAULT '{}'::text[] NOT NULL,
    secondary_muscles text[] DEFAULT '{}'::text[] NOT NULL,
    instructions text,
    import_id integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT exercise_measure_check CHECK ((measure = ANY (ARRAY['weight_reps'::text, 'reps'::text, 'time'::text, 'distance'::text, 'weight_time'::text, 'weight_distance'::text])))
);

--
-- Name: gear; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.gear (
    gear_id uuid NOT NULL,
    user_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    brand text,
    model text,
    notes text,
    sports text[] DEFAULT '{}'::text[] NOT NULL,
    part_of uuid,
    fitted_on date,
    retired_on date,
    start_distance_m double precision DEFAULT 0 NOT NULL,
    start_s double precision DEFAULT 0 NOT NULL,
    services jsonb DEFAULT '[]'::jsonb NOT NULL,
    import_id integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gear_kind_check CHECK ((kind = ANY (ARRAY['bike'::text, 'shoes'::text, 'component'::text, 'other'::text])))
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
-- Name: inbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    handled_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: kept_apart; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.kept_apart (
    user_id uuid NOT NULL,
    one bytea NOT NULL,
    other bytea NOT NULL
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
-- Name: loose_original; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.loose_original (
    user_id uuid NOT NULL,
    sha256 text NOT NULL
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
-- Name: privacy_zone; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.privacy_zone (
    zone_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    radius_m integer NOT NULL
);

--
-- Name: recording; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recording (
    recording_id uuid NOT NULL,
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL,
    import_id integer,
    fingerprint bytea NOT NULL,
    format text NOT NULL,
    source text NOT NULL,
    device text,
    file text,
    sha256 text,
    "position" smallint DEFAULT 0 NOT NULL,
    sport text NOT NULL,
    sub_sport text,
    title text,
    notes text,
    rpe double precision,
    started_at timestamp with time zone NOT NULL,
    dated boolean DEFAULT true NOT NULL,
    offset_min smallint,
    duration_s double precision NOT NULL,
    partial text,
    totals jsonb DEFAULT '{}'::jsonb NOT NULL,
    derived jsonb DEFAULT '{}'::jsonb NOT NULL,
    legs jsonb DEFAULT '[]'::jsonb NOT NULL,
    laps jsonb DEFAULT '[]'::jsonb NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    sets bytea,
    joined text DEFAULT 'alone'::text NOT NULL,
    score double precision,
    reasons jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT recording_joined_check CHECK ((joined = ANY (ARRAY['alone'::text, 'found'::text, 'asked'::text])))
);

--
-- Name: recording_stream; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recording_stream (
    recording_id uuid NOT NULL,
    channel text NOT NULL,
    n integer NOT NULL,
    data bytea NOT NULL,
    min double precision,
    max double precision,
    avg double precision
);
ALTER TABLE ONLY public.recording_stream ALTER COLUMN data SET STORAGE EXTERNAL;

--
-- Name: restored; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.restored (
    user_id uuid NOT NULL,
    noun text NOT NULL,
    key text NOT NULL,
    import_id integer NOT NULL,
    id uuid,
    digest bytea DEFAULT '\x'::bytea NOT NULL
);

--
-- Name: routine; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.routine (
    routine_id uuid NOT NULL,
    user_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

--
-- Name: threshold; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.threshold (
    user_id uuid NOT NULL,
    since date NOT NULL,
    max_heart_rate smallint,
    resting_heart_rate smallint,
    threshold_heart_rate smallint,
    ftp_w smallint,
    threshold_pace_s_km real
);

--
-- Name: told_record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.told_record (
    user_id uuid NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    workout_id uuid NOT NULL,
    value double precision NOT NULL
);

--
-- Name: undone_part; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.undone_part (
    user_id uuid NOT NULL,
    import_id uuid NOT NULL
);

--
-- Name: workout; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout (
    workout_id uuid NOT NULL,
    user_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    sport text NOT NULL,
    title text,
    notes text,
    rpe double precision,
    started_at timestamp with time zone NOT NULL,
    offset_min smallint,
    on_date date NOT NULL,
    duration_s double precision NOT NULL,
    moving_s double precision,
    distance_m double precision,
    ascent_m double precision,
    descent_m double precision,
    energy_kcal double precision,
    average_heart_rate double precision,
    max_heart_rate double precision,
    average_power double precision,
    max_power double precision,
    weighted_power double precision,
    average_cadence double precision,
    average_speed double precision,
    max_speed double precision,
    load double precision,
    load_method text,
    sets integer DEFAULT 0 NOT NULL,
    reps integer DEFAULT 0 NOT NULL,
    volume_load_kg double precision DEFAULT 0 NOT NULL,
    start_lat double precision,
    start_lon double precision,
    live boolean DEFAULT false NOT NULL,
    routine_id uuid,
    routine_day smallint,
    given jsonb DEFAULT '{}'::jsonb NOT NULL,
    formulas jsonb DEFAULT '{}'::jsonb NOT NULL,
    laps jsonb DEFAULT '[]'::jsonb NOT NULL,
    digest bytea DEFAULT '\x'::bytea NOT NULL,
    own_sets boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workout_load_method_check CHECK ((load_method = ANY (ARRAY['power'::text, 'heart_rate'::text, 'rpe'::text])))
);

--
-- Name: workout_edit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_edit (
    workout_id uuid NOT NULL,
    number smallint NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    params jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: workout_effort; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_effort (
    workout_id uuid NOT NULL,
    kind text NOT NULL,
    size integer NOT NULL,
    user_id uuid NOT NULL,
    sport text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    at_s double precision NOT NULL,
    CONSTRAINT workout_effort_kind_check CHECK ((kind = ANY (ARRAY['distance'::text, 'power'::text])))
);

--
-- Name: workout_exercise; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_exercise (
    workout_id uuid NOT NULL,
    exercise text NOT NULL,
    user_id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    on_date date NOT NULL,
    sets integer NOT NULL,
    reps integer NOT NULL,
    volume_load_kg double precision NOT NULL,
    e1rm_kg double precision,
    best_weight_kg double precision,
    best_reps integer,
    best_set_volume_kg double precision,
    longest_s double precision,
    farthest_m double precision
);

--
-- Name: workout_gear; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_gear (
    workout_id uuid NOT NULL,
    gear_id uuid NOT NULL,
    user_id uuid NOT NULL
);

--
-- Name: workout_muscle; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_muscle (
    workout_id uuid NOT NULL,
    muscle text NOT NULL,
    user_id uuid NOT NULL,
    on_date date NOT NULL,
    sets real NOT NULL,
    volume_load_kg double precision NOT NULL
);

--
-- Name: workout_set; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workout_set (
    set_id uuid NOT NULL,
    user_id uuid NOT NULL,
    workout_id uuid NOT NULL,
    recording_id uuid,
    "position" smallint NOT NULL,
    exercise text NOT NULL,
    kind text DEFAULT 'working'::text NOT NULL,
    reps integer,
    weight_kg double precision,
    duration_s double precision,
    distance_m double precision,
    rpe double precision,
    superset smallint,
    rest_s integer,
    done_at timestamp with time zone,
    notes text,
    planned jsonb,
    CONSTRAINT workout_set_kind_check CHECK ((kind = ANY (ARRAY['working'::text, 'warm_up'::text, 'drop'::text, 'failure'::text])))
);

--
-- Name: brought_again brought_again_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.brought_again
    ADD CONSTRAINT brought_again_pkey PRIMARY KEY (import_id, fingerprint);

--
-- Name: deleted_recording deleted_recording_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deleted_recording
    ADD CONSTRAINT deleted_recording_pkey PRIMARY KEY (user_id, fingerprint);

--
-- Name: dirty_workout dirty_workout_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dirty_workout
    ADD CONSTRAINT dirty_workout_pkey PRIMARY KEY (id);

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
-- Name: exercise exercise_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.exercise
    ADD CONSTRAINT exercise_pkey PRIMARY KEY (exercise_id);

--
-- Name: gear gear_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.gear
    ADD CONSTRAINT gear_pkey PRIMARY KEY (gear_id);

--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (owner, key);

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
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);

--
-- Name: kept_apart kept_apart_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.kept_apart
    ADD CONSTRAINT kept_apart_pkey PRIMARY KEY (user_id, one, other);

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
-- Name: loose_original loose_original_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.loose_original
    ADD CONSTRAINT loose_original_pkey PRIMARY KEY (user_id, sha256);

--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

--
-- Name: privacy_zone privacy_zone_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.privacy_zone
    ADD CONSTRAINT privacy_zone_pkey PRIMARY KEY (zone_id);

--
-- Name: recording recording_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recording
    ADD CONSTRAINT recording_pkey PRIMARY KEY (recording_id);

--
-- Name: recording_stream recording_stream_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recording_stream
    ADD CONSTRAINT recording_stream_pkey PRIMARY KEY (recording_id, channel);

--
-- Name: recording recording_user_id_fingerprint_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recording
    ADD CONSTRAINT recording_user_id_fingerprint_key UNIQUE (user_id, fingerprint);

--
-- Name: restored restored_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.restored
    ADD CONSTRAINT restored_pkey PRIMARY KEY (user_id, noun, key, import_id);

--
-- Name: routine routine_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.routine
    ADD CONSTRAINT routine_pkey PRIMARY KEY (routine_id);

--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

--
-- Name: threshold threshold_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.threshold
    ADD CONSTRAINT threshold_pkey PRIMARY KEY (user_id, since);

--
-- Name: told_record told_record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.told_record
    ADD CONSTRAINT told_record_pkey PRIMARY KEY (user_id, subject, kind, workout_id);

--
-- Name: undone_part undone_part_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.undone_part
    ADD CONSTRAINT undone_part_pkey PRIMARY KEY (user_id, import_id);

--
-- Name: workout_edit workout_edit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_edit
    ADD CONSTRAINT workout_edit_pkey PRIMARY KEY (workout_id, number);

--
-- Name: workout_effort workout_effort_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_effort
    ADD CONSTRAINT workout_effort_pkey PRIMARY KEY (workout_id, kind, size);

--
-- Name: workout_exercise workout_exercise_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_exercise
    ADD CONSTRAINT workout_exercise_pkey PRIMARY KEY (workout_id, exercise);

--
-- Name: workout_gear workout_gear_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_gear
    ADD CONSTRAINT workout_gear_pkey PRIMARY KEY (workout_id, gear_id);

--
-- Name: workout_muscle workout_muscle_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_muscle
    ADD CONSTRAINT workout_muscle_pkey PRIMARY KEY (workout_id, muscle);

--
-- Name: workout workout_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout
    ADD CONSTRAINT workout_pkey PRIMARY KEY (workout_id);

--
-- Name: workout_set workout_set_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_set
    ADD CONSTRAINT workout_set_pkey PRIMARY KEY (set_id);

--
-- Name: workout_set workout_set_workout_id_recording_id_position_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workout_set
    ADD CONSTRAINT workout_set_workout_id_recording_id_position_key UNIQUE NULLS NOT DISTINCT (workout_id, recording_id, "position");

--
-- Name: brought_again_by_file; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX brought_again_by_file ON public.brought_again USING btree (user_id, sha256) WHERE (sha256 IS NOT NULL);

--
-- Name: brought_again_by_fingerprint; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX brought_again_by_fingerprint ON public.brought_again USING btree (user_id, fingerprint);

--
-- Name: deleted_recording_by_import; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deleted_recording_by_import ON public.deleted_recording USING btree (import_id) WHERE (import_id IS NOT NULL);

--
-- Name: exercise_by_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX exercise_by_name ON public.exercise USING btree (user_id, lower(name));

--
-- Name: gear_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX gear_by_user ON public.gear USING btree (user_id, created_at DESC, gear_id DESC);

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
-- Name: privacy_zone_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX privacy_zone_by_user ON public.privacy_zone USING btree (user_id);

--
-- Name: recording_by_file; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recording_by_file ON public.recording USING btree (user_id, sha256) WHERE (sha256 IS NOT NULL);

--
-- Name: recording_by_import; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recording_by_import ON public.recording USING btree (import_id) WHERE (import_id IS NOT NULL);

--
-- Name: recording_by_start; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recording_by_start ON public.recording USING btree (user_id, started_at);

--
-- Name: recording_by_workout; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recording_by_workout ON public.recording USING btree (workout_id);

--
-- Name: restored_by_import; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX restored_by_import ON public.restored USING btree (import_id);

--
-- Name: routine_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX routine_by_user ON public.routine USING btree (user_id, created_at DESC, routine_id DESC);

--
-- Name: workout_by_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_by_date ON public.workout USING btree (user_id, on_date);

--
-- Name: workout_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_by_user ON public.workout USING btree (user_id, started_at DESC, workout_id DESC);

--
-- Name: workout_edit_bonds; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_edit_bonds ON public.workout_edit USING btree (user_id) WHERE (kind = ANY (ARRAY['merge'::text, 'split'::text, 'part'::text]));

--
-- Name: workout_effort_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_effort_by_user ON public.workout_effort USING btree (user_id, sport, kind, size, value);

--
-- Name: workout_exercise_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_exercise_by_user ON public.workout_exercise USING btree (user_id, exercise, started_at);

--
-- Name: workout_gear_by_gear; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_gear_by_gear ON public.workout_gear USING btree (gear_id);

--
-- Name: workout_muscle_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workout_muscle_by_user ON public.workout_muscle USING btree (user_id, on_date);

--
-- PostgreSQL database dump complete
--
