"""A real PostgreSQL: roles as the charts make them, and life after a power cut."""

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from contracts.databases import LOGINS
from local import account, ports
from local.failure import Failure
from local.postgres import Postgres

PASSWORDS = {"identity": {login: f"{login}1" for login in LOGINS}}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with account.scratch_folder() as folder:
        server = Postgres(folder / "postgres", ports.free_port(), durable=False)
        server.start()
        asyncio.run(server.create_service_databases(PASSWORDS))
        try:
            yield server
        finally:
            server.stop()


def ask(dsn: str, sql: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn, timeout=5)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def service_dsn(postgres: Postgres, login: str, password: str, database: str = "identity") -> str:
    return f"postgresql://identity_{login}:{password}@127.0.0.1:{postgres.port}/{database}?sslmode=disable"


def test_migrations_make_tables_that_the_owner_owns_and_the_api_may_use(postgres: Postgres) -> None:
    ask(service_dsn(postgres, "migrate", "migrate1"), "CREATE TABLE IF NOT EXISTS thing (id int)")
    assert ask(service_dsn(postgres, "api", "api1"), "SELECT tableowner FROM pg_tables WHERE tablename = 'thing'") == (
        "identity_owner"
    )
    assert ask(service_dsn(postgres, "api", "api1"), "SELECT count(*) FROM thing") == 0


def test_making_databases_again_changes_passwords_and_keeps_data(postgres: Postgres) -> None:
    changed = {"identity": PASSWORDS["identity"] | {"worker": "other2"}}
    asyncio.run(postgres.create_service_databases(changed))
    assert ask(service_dsn(postgres, "worker", "other2"), "SELECT 1") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(service_dsn(postgres, "worker", "worker1"), "SELECT 1")


def test_nobody_gets_in_without_a_password_or_to_another_database(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(service_dsn(postgres, "api", "wrong"), "SELECT 1")
    asyncio.run(postgres.create_service_databases({"health": dict.fromkeys(LOGINS, "x1")}))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(service_dsn(postgres, "api", "api1", "health"), "SELECT 1")


def test_listens_on_loopback_only_and_hides_its_password(postgres: Postgres) -> None:
    addresses = {
        connection.laddr.ip
        for connection in psutil.Process(postgres.pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}
    assert stat.S_IMODE((postgres.folder / "superuser-password").stat().st_mode) == 0o600
    assert ask(postgres.superuser_dsn(), "SHOW server_encoding") == "UTF8"


def test_survives_kill_with_its_data(postgres: Postgres) -> None:
    ask(postgres.superuser_dsn(), "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
    before = postgres.pid
    postgres.kill()
    assert (postgres.folder / "data/postmaster.pid").exists()
    postgres.start()
    assert postgres.pid != before
    assert ask(postgres.superuser_dsn(), "SELECT n FROM kept") == 7


def test_a_lock_that_names_another_programs_pid_is_no_obstacle(postgres: Postgres) -> None:
    postgres.kill()
    lock = postgres.folder / "data/postmaster.pid"
    lines = lock.read_text().split("\n")
    lock.write_text("\n".join([str(psutil.Process().ppid()), *lines[1:]]))
    postgres.start()
    assert ask(postgres.superuser_dsn(), "SELECT 1") == 1


def test_a_second_server_on_the_same_data_is_refused(postgres: Postgres) -> None:
    with pytest.raises(Failure, match="already runs on"):
        Postgres(postgres.folder, ports.free_port()).start()


@pytest.mark.skipif(not account.identity(), reason="only root hands folders to another account")
def test_a_closed_parent_folder_gives_a_sentence(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Failure, match=f"may not enter {closed}"):
        Postgres(closed / "postgres", ports.free_port()).start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not account.identity(), reason="only root hands folders to another account")
def test_programs_that_the_account_cannot_read_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    can_run = account.can_run
    monkeypatch.setattr(account, "can_run", lambda command: "site-packages" not in command[0] and can_run(command))
    server = Postgres(folder / "postgres", ports.free_port(), durable=False)
    server.start()
    try:
        assert str(folder) in psutil.Process(server.pid).exe()
    finally:
        server.stop()
