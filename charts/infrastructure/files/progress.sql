-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'progress_owner') THEN CREATE ROLE progress_owner; END IF;
        ALTER ROLE progress_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'progress_api') THEN CREATE ROLE progress_api; END IF;
        ALTER ROLE progress_api LOGIN PASSWORD '@progress/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'progress_writer') THEN CREATE ROLE progress_writer; END IF;
        ALTER ROLE progress_writer LOGIN PASSWORD '@progress/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'progress_worker') THEN CREATE ROLE progress_worker; END IF;
        ALTER ROLE progress_worker LOGIN PASSWORD '@progress/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'progress_migrate') THEN CREATE ROLE progress_migrate; END IF;
        ALTER ROLE progress_migrate LOGIN PASSWORD '@progress/migrate@';
    END $do$;
GRANT progress_owner TO progress_migrate;
SELECT 'CREATE DATABASE progress OWNER progress_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'progress') \gexec
\connect progress
REVOKE ALL ON DATABASE progress FROM PUBLIC;
GRANT CONNECT ON DATABASE progress TO progress_api, progress_writer, progress_worker, progress_migrate;
GRANT TEMPORARY ON DATABASE progress TO progress_api, progress_worker;
ALTER ROLE progress_migrate IN DATABASE progress SET role = progress_owner;
ALTER SCHEMA public OWNER TO progress_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO progress_api, progress_writer, progress_worker, progress_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE progress_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO progress_api, progress_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE progress_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO progress_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE progress_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO progress_api, progress_writer, progress_worker;
