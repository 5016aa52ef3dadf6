-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notification_owner') THEN CREATE ROLE notification_owner; END IF;
        ALTER ROLE notification_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notification_api') THEN CREATE ROLE notification_api; END IF;
        ALTER ROLE notification_api LOGIN PASSWORD '@notification/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notification_writer') THEN CREATE ROLE notification_writer; END IF;
        ALTER ROLE notification_writer LOGIN PASSWORD '@notification/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notification_worker') THEN CREATE ROLE notification_worker; END IF;
        ALTER ROLE notification_worker LOGIN PASSWORD '@notification/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'notification_migrate') THEN CREATE ROLE notification_migrate; END IF;
        ALTER ROLE notification_migrate LOGIN PASSWORD '@notification/migrate@';
    END $do$;
GRANT notification_owner TO notification_migrate;
SELECT 'CREATE DATABASE notification OWNER notification_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'notification') \gexec
\connect notification
REVOKE ALL ON DATABASE notification FROM PUBLIC;
GRANT CONNECT ON DATABASE notification TO notification_api, notification_writer, notification_worker, notification_migrate;
GRANT TEMPORARY ON DATABASE notification TO notification_api, notification_worker;
ALTER ROLE notification_migrate IN DATABASE notification SET role = notification_owner;
ALTER SCHEMA public OWNER TO notification_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO notification_api, notification_writer, notification_worker, notification_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE notification_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO notification_api, notification_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE notification_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO notification_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE notification_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO notification_api, notification_writer, notification_worker;
