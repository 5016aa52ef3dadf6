-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_owner') THEN CREATE ROLE analytics_owner; END IF;
        ALTER ROLE analytics_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_api') THEN CREATE ROLE analytics_api; END IF;
        ALTER ROLE analytics_api LOGIN PASSWORD '@analytics/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_writer') THEN CREATE ROLE analytics_writer; END IF;
        ALTER ROLE analytics_writer LOGIN PASSWORD '@analytics/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_worker') THEN CREATE ROLE analytics_worker; END IF;
        ALTER ROLE analytics_worker LOGIN PASSWORD '@analytics/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_migrate') THEN CREATE ROLE analytics_migrate; END IF;
        ALTER ROLE analytics_migrate LOGIN PASSWORD '@analytics/migrate@';
    END $do$;
GRANT analytics_owner TO analytics_migrate;
SELECT 'CREATE DATABASE analytics OWNER analytics_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'analytics') \gexec
\connect analytics
REVOKE ALL ON DATABASE analytics FROM PUBLIC;
GRANT CONNECT ON DATABASE analytics TO analytics_api, analytics_writer, analytics_worker, analytics_migrate;
GRANT TEMPORARY ON DATABASE analytics TO analytics_api, analytics_worker;
ALTER ROLE analytics_migrate IN DATABASE analytics SET role = analytics_owner;
ALTER SCHEMA public OWNER TO analytics_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO analytics_api, analytics_writer, analytics_worker, analytics_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE analytics_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO analytics_api, analytics_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE analytics_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO analytics_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE analytics_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO analytics_api, analytics_writer, analytics_worker;
