"""Each role may do what it is for, in its own database and nowhere else."""

import asyncpg
import pytest

from contracts.databases import LOGINS, cluster_sql, database_sql

pytestmark = pytest.mark.anyio


def login(nodes, service, role, database=None):
    return asyncpg.connect(
        host="127.0.0.1",
        port=nodes.postgres.port,
        user=f"{service}_{role}",
        password=nodes.password,
        database=database or service,
    )


async def test_what_migrations_make_belongs_to_the_owner_and_serves_the_others(nodes):
    migrate = await login(nodes, "workout", "migrate")
    await migrate.execute("CREATE TABLE gear (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)")
    assert await migrate.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'gear'") == "workout_owner"

    for role in ("api", "worker", "writer"):
        db = await login(nodes, "workout", role)
        await db.execute("INSERT INTO gear (name) VALUES ('shoe')")
        assert await db.fetchval("SELECT count(*) FROM gear") > 0
        if role == "writer":
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.execute("DELETE FROM gear")
        else:
            await db.execute("DELETE FROM gear")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("CREATE TABLE mine ()")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("TRUNCATE gear")
        await db.close()
    await migrate.execute("DROP TABLE gear")
    await migrate.close()


@pytest.mark.parametrize("role", LOGINS)
async def test_no_role_enters_another_services_database(nodes, role):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login(nodes, "workout", role, database="health")


async def test_the_owner_cannot_log_in(nodes):
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await login(nodes, "workout", "owner")


def test_a_password_that_could_end_the_literal_is_refused():
    with pytest.raises(ValueError, match="letters and digits"):
        list(cluster_sql("health", dict.fromkeys(LOGINS, "a'; DROP ROLE x; --")))
    assert all("PASSWORD" not in statement for statement in database_sql("health"))
