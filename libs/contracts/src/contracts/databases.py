"""One database and five roles a service; the same SQL in ``make up``, tests and charts."""

from collections.abc import Iterator, Mapping
from typing import Literal

Login = Literal["api", "writer", "worker", "migrate"]
LOGINS: tuple[Login, ...] = ("api", "writer", "worker", "migrate")


def cluster_sql(service: str, passwords: Mapping[Login, str]) -> Iterator[str]:
    """Statements for the ``postgres`` database, each runnable again; the database itself is made by the last."""
    yield _role(f"{service}_owner", "NOLOGIN")
    for login in LOGINS:
        yield _role(f"{service}_{login}", f"LOGIN PASSWORD {_quoted(passwords[login])}")
    yield f"GRANT {service}_owner TO {service}_migrate"
    yield f"CREATE DATABASE {service} OWNER {service}_owner"


def database_sql(service: str) -> Iterator[str]:
    """Statements for the service's own database: who may connect, who owns what migrations make, who may do what."""
    logins = ", ".join(f"{service}_{login}" for login in LOGINS)
    yield f"REVOKE ALL ON DATABASE {service} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {service} TO {logins}"
    yield f"GRANT TEMPORARY ON DATABASE {service} TO {service}_api, {service}_worker"
    yield f"ALTER ROLE {service}_migrate IN DATABASE {service} SET role = {service}_owner"
    yield f"ALTER SCHEMA public OWNER TO {service}_owner"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {logins}"
    mine = f"ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA public GRANT"
    yield f"{mine} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {service}_api, {service}_worker"
    yield f"{mine} SELECT, INSERT ON TABLES TO {service}_writer"
    yield f"{mine} USAGE ON SEQUENCES TO {service}_api, {service}_writer, {service}_worker"


def _role(name: str, options: str) -> str:
    return f"""DO $do$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name}; END IF;
        ALTER ROLE {name} {options};
    END $do$"""


def _quoted(text: str) -> str:
    if not text.isalnum():
        raise ValueError("generated passwords are letters and digits only")
    return f"'{text}'"
