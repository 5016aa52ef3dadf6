-- Written by charts/generate.py.
\connect postgres
SET log_min_error_statement = panic;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'identity_owner') THEN CREATE ROLE identity_owner; END IF;
        ALTER ROLE identity_owner NOLOGIN;
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'identity_api') THEN CREATE ROLE identity_api; END IF;
        ALTER ROLE identity_api LOGIN PASSWORD '@identity/api@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'identity_writer') THEN CREATE ROLE identity_writer; END IF;
        ALTER ROLE identity_writer LOGIN PASSWORD '@identity/writer@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'identity_worker') THEN CREATE ROLE identity_worker; END IF;
        ALTER ROLE identity_worker LOGIN PASSWORD '@identity/worker@';
    END $do$;
DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'identity_migrate') THEN CREATE ROLE identity_migrate; END IF;
        ALTER ROLE identity_migrate LOGIN PASSWORD '@identity/migrate@';
    END $do$;
GRANT identity_owner TO identity_migrate;
SELECT 'CREATE DATABASE identity OWNER identity_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'identity') \gexec
\connect identity
REVOKE ALL ON DATABASE identity FROM PUBLIC;
GRANT CONNECT ON DATABASE identity TO identity_api, identity_writer, identity_worker, identity_migrate;
GRANT TEMPORARY ON DATABASE identity TO identity_api, identity_worker;
ALTER ROLE identity_migrate IN DATABASE identity SET role = identity_owner;
ALTER SCHEMA public OWNER TO identity_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO identity_api, identity_writer, identity_worker, identity_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE identity_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO identity_api, identity_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE identity_owner IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO identity_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE identity_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO identity_api, identity_writer, identity_worker;
