-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'health_owner') THEN CREATE ROLE health_owner; END IF;
        ALTER ROLE health_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'health_api') THEN CREATE ROLE health_api; END IF;
        ALTER ROLE health_api LOGIN PASSWORD '@health/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'health_writer') THEN CREATE ROLE health_writer; END IF;
        ALTER ROLE health_writer LOGIN PASSWORD '@health/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'health_worker') THEN CREATE ROLE health_worker; END IF;
        ALTER ROLE health_worker LOGIN PASSWORD '@health/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'health_migrate') THEN CREATE ROLE health_migrate; END IF;
        ALTER ROLE health_migrate LOGIN PASSWORD '@health/migrate@';
    END $do$;
GRANT health_owner TO health_migrate;
SELECT 'CREATE DATABASE health OWNER health_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'health') \gexec
\connect health
REVOKE ALL ON DATABASE health FROM PUBLIC;
GRANT CONNECT ON DATABASE health TO health_api, health_writer, health_worker, health_migrate;
GRANT TEMPORARY ON DATABASE health TO health_api, health_worker;
ALTER ROLE health_migrate IN DATABASE health SET role = health_owner;
ALTER SCHEMA public OWNER TO health_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO health_api, health_writer, health_worker, health_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE health_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO health_api, health_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE health_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO health_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE health_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO health_api, health_writer, health_worker;
