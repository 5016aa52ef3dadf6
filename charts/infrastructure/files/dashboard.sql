-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboard_owner') THEN CREATE ROLE dashboard_owner; END IF;
        ALTER ROLE dashboard_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboard_api') THEN CREATE ROLE dashboard_api; END IF;
        ALTER ROLE dashboard_api LOGIN PASSWORD '@dashboard/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboard_writer') THEN CREATE ROLE dashboard_writer; END IF;
        ALTER ROLE dashboard_writer LOGIN PASSWORD '@dashboard/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboard_worker') THEN CREATE ROLE dashboard_worker; END IF;
        ALTER ROLE dashboard_worker LOGIN PASSWORD '@dashboard/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashboard_migrate') THEN CREATE ROLE dashboard_migrate; END IF;
        ALTER ROLE dashboard_migrate LOGIN PASSWORD '@dashboard/migrate@';
    END $do$;
GRANT dashboard_owner TO dashboard_migrate;
SELECT 'CREATE DATABASE dashboard OWNER dashboard_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'dashboard') \gexec
\connect dashboard
REVOKE ALL ON DATABASE dashboard FROM PUBLIC;
GRANT CONNECT ON DATABASE dashboard TO dashboard_api, dashboard_writer, dashboard_worker, dashboard_migrate;
GRANT TEMPORARY ON DATABASE dashboard TO dashboard_api, dashboard_worker;
ALTER ROLE dashboard_migrate IN DATABASE dashboard SET role = dashboard_owner;
ALTER SCHEMA public OWNER TO dashboard_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO dashboard_api, dashboard_writer, dashboard_worker, dashboard_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE dashboard_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dashboard_api, dashboard_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE dashboard_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO dashboard_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE dashboard_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO dashboard_api, dashboard_writer, dashboard_worker;
