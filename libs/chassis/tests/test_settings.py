"""The environment is read whole, refused whole, and never printed."""

import pytest

from chassis import settings
from chassis.settings import Secret, Settings, SettingsError

GOOD = {
    "DATABASE_HOST": "db", "DATABASE_NAME": "x", "BROKER_HOST": "mq", "BROKER_USER": "x", "BROKER_PASSWORD": "p1",
    **{f"DATABASE_{login}_USER": f"{login}-USER" for login in ("API", "WRITER", "WORKER")},
    **{f"DATABASE_{login}_PASSWORD": f"{login}-PASSWORD" for login in ("API", "WRITER", "WORKER")},
    "SERVICE_SECRET": "p2", "ISSUER": "http://localhost:8000", "JWKS_URL": "http://identity/jwks", "SERVICES": "a,b",
}  # fmt: skip


def test_everything_is_read():
    env = GOOD | {
        "PEERS": "identity=dns:///i:1,health=h:2",
        "RETRY_TIERS_MS": "1,2",
        "QUICKSTART": "true",
        "DATABASE_PORT": "15432",
    }
    found = settings.load(Settings, env)
    assert found.services == ("a", "b")
    assert found.peers == {"identity": "dns:///i:1", "health": "h:2"}
    assert found.retry_tiers_ms == (1, 2)
    assert (found.quickstart, found.database_port) == (True, 15432)
    assert found.database_login("api") == ("API-USER", "API-PASSWORD")


def test_all_that_is_wrong_is_told_at_once():
    env = GOOD | {"DATABASE_PORT": "high", "TRACE_SHARE": "2", "PEERS": "identity", "ISSUER_FILE": "/nowhere/x"}
    del env["BROKER_HOST"], env["SERVICE_SECRET"]
    with pytest.raises(SettingsError) as caught:
        settings.load(Settings, env)
    names = {reason.split(" ")[0].rstrip(":") for reason in caught.value.reasons}
    assert names == {"DATABASE_PORT", "TRACE_SHARE", "PEERS", "ISSUER_FILE", "BROKER_HOST", "SERVICE_SECRET"}


def test_a_value_may_come_from_a_file(tmp_path):
    (tmp_path / "password").write_text("from-file\n")
    found = settings.load(Settings, GOOD | {"BROKER_PASSWORD_FILE": str(tmp_path / "password")})
    assert found.broker_password.reveal() == "from-file"


def test_secrets_do_not_show():
    found = settings.load(Settings, GOOD)
    for shown in (repr(found), str(found.broker_password), f"{found.service_secret}", repr(Secret("p9"))):
        assert not {"p1", "p2", "p9", "API-PASSWORD"} & set(shown.replace("'", " ").replace("(", " ").split())


def test_a_bad_secret_is_not_told():
    with pytest.raises(SettingsError) as caught:
        settings.load(Settings, GOOD | {"DATABASE_PORT": "p-canary", "BROKER_PASSWORD": ""})
    assert "p-canary" not in str(caught.value)


def test_migrating_needs_its_own_login():
    with pytest.raises(SettingsError, match="DATABASE_MIGRATE_USER"):
        settings.load(Settings, GOOD).database_login("migrate")
