-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'workout_owner') THEN CREATE ROLE workout_owner; END IF;
        ALTER ROLE workout_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'workout_api') THEN CREATE ROLE workout_api; END IF;
        ALTER ROLE workout_api LOGIN PASSWORD '@workout/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'workout_writer') THEN CREATE ROLE workout_writer; END IF;
        ALTER ROLE workout_writer LOGIN PASSWORD '@workout/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'workout_worker') THEN CREATE ROLE workout_worker; END IF;
        ALTER ROLE workout_worker LOGIN PASSWORD '@workout/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'workout_migrate') THEN CREATE ROLE workout_migrate; END IF;
        ALTER ROLE workout_migrate LOGIN PASSWORD '@workout/migrate@';
    END $do$;
GRANT workout_owner TO workout_migrate;
SELECT 'CREATE DATABASE workout OWNER workout_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'workout') \gexec
\connect workout
REVOKE ALL ON DATABASE workout FROM PUBLIC;
GRANT CONNECT ON DATABASE workout TO workout_api, workout_writer, workout_worker, workout_migrate;
GRANT TEMPORARY ON DATABASE workout TO workout_api, workout_worker;
ALTER ROLE workout_migrate IN DATABASE workout SET role = workout_owner;
ALTER SCHEMA public OWNER TO workout_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO workout_api, workout_writer, workout_worker, workout_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE workout_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO workout_api, workout_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE workout_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO workout_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE workout_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO workout_api, workout_writer, workout_worker;
