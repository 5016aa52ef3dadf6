"""Plans, the settings that follow from them, and the gateway's files."""

import re
import stat
from pathlib import Path

import pytest

from contracts.services import BY_NAME, IDENTITY_HEADERS, SERVICES
from local import gateway, plan
from local.environment import settings_of
from local.failure import Failure
from local.keyring import Keyring
from local.plan import Plan


@pytest.fixture
def whole(tmp_path: Path) -> Plan:
    return Plan(folder=tmp_path, services=SERVICES)


def test_ports_are_those_of_the_contract(whole: Plan) -> None:
    assert whole.address(BY_NAME["health"], "worker-admin") == "127.0.0.1:18113"
    assert (whole.server_port("postgres"), whole.server_port("rabbitmq")) == (18200, 18201)
    numbers = [port for _, port, _, _ in whole.all_ports()]
    assert len(numbers) == len(set(numbers))


def test_identity_is_told_who_may_ask_for_service_tokens(whole: Plan) -> None:
    keyring = Keyring(whole.folder / "secrets")
    settings = settings_of(whole, keyring, BY_NAME["identity"])
    assert settings["SERVICE_CLIENTS"].startswith(f"health={keyring.service_hash('health')},")
    assert "identity=" not in settings["SERVICE_CLIENTS"]
    assert len(Path(settings["KEY_ENCRYPTION_KEY_FILE"]).read_text()) == 44
    assert "SERVICE_CLIENTS" not in settings_of(whole, keyring, BY_NAME["health"])


def test_settings_name_neighbours(whole: Plan) -> None:
    settings = settings_of(whole, Keyring(whole.folder / "secrets"), BY_NAME["dashboard"])
    assert settings["PEERS"].startswith("identity=dns:///127.0.0.1:18101,health=dns:///127.0.0.1:18111,")
    assert "health-worker=http://127.0.0.1:18113" in settings["ADMINS"].split(",")
    assert settings["ISSUER"] == "http://localhost:8000"
    assert settings["JWKS_URL"] == "http://127.0.0.1:18100/.well-known/jwks.json"
    assert settings["SERVICES"] == "identity,health,workout,progress,analytics,notification,dashboard"


def test_a_worker_has_an_admin_port_of_its_own(whole: Plan) -> None:
    keyring = Keyring(whole.folder / "secrets")
    assert settings_of(whole, keyring, BY_NAME["health"], "worker")["ADMIN_PORT"] == "18113"
    assert settings_of(whole, keyring, BY_NAME["health"], "api")["ADMIN_PORT"] == "18112"


def test_no_setting_holds_a_secret(whole: Plan) -> None:
    keyring = Keyring(whole.folder / "secrets")
    everything = " ".join(value for service in SERVICES for value in settings_of(whole, keyring, service).values())
    secrets = [path.read_text() for path in (whole.folder / "secrets").iterdir()]
    assert len(secrets) > 40
    assert not [secret for secret in secrets if secret in everything]


def test_secrets_are_private_and_stay(whole: Plan) -> None:
    keyring = Keyring(whole.folder / "secrets")
    first = keyring.broker("health")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    text = first.read_text()
    assert text.isalnum()
    assert Keyring(whole.folder / "secrets").broker("health").read_text() == text


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"FITMESH_BIND": "0.0.0.0"}, "set FITMESH_QUICKSTART=0"),
        ({"FITMESH_PORT": "80a"}, "FITMESH_PORT is '80a'"),
        ({"FITMESH_QUICKSTART": "maybe"}, "set it to 1 or 0"),
        ({"FITMESH_SERVICES": "identity,nutrition"}, "names nutrition: the services are identity"),
    ],
)
def test_wrong_variables_are_refused_with_a_sentence(settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(Failure, match=sentence):
        plan.from_environment(settings)


def test_any_address_is_fine_without_quickstart() -> None:
    chosen = plan.from_environment({"FITMESH_BIND": "0.0.0.0", "FITMESH_QUICKSTART": "0"})
    assert (chosen.bind, chosen.quickstart) == ("0.0.0.0", False)


def test_routes_are_those_of_the_table(whole: Plan) -> None:
    http = gateway.build_routes(whole)["http"]
    for service in SERVICES:
        rule = http["routers"][service.name]["rule"]
        assert set(re.findall(r"\bPath\(`([^`]+)`\)", rule)) == {*service.exact, *service.paths}
        assert set(re.findall(r"PathPrefix\(`([^`]+)`\)", rule)) == {f"{path}/" for path in service.paths}
    assert set(http["middlewares"]["identity-headers"]["headers"]["customRequestHeaders"]) == set(IDENTITY_HEADERS)
    public = [router for router in http["routers"].values() if router["entryPoints"] == ["web"]]
    assert len(public) > len(SERVICES)
    assert all("identity-headers" in router["middlewares"] for router in public)


def test_bodies_are_limited_but_where_they_stream(whole: Plan) -> None:
    """Nothing else holds a body back, on its way in or out."""
    http = gateway.build_routes(whole)["http"]
    assert [name for name, each in http["middlewares"].items() if "buffering" in each] == ["body-size"]
    free = {name for name, each in http["routers"].items() if "body-size" not in each.get("middlewares", ())}
    assert free == {"ping", "health-streams", "workout-streams", "notification-streams"}
    for service in SERVICES:
        if service.streams:
            router = http["routers"][f"{service.name}-streams"]
            assert set(re.findall(r"\bPath\(`([^`]+)`\)", router["rule"])) == {*service.streams}
            assert router["priority"] > http["routers"][service.name]["priority"]


def test_only_who_keeps_files_is_told_where(whole: Plan) -> None:
    keyring = Keyring(whole.folder / "secrets")
    told = {service.name for service in SERVICES if "OBJECT_STORE_URL" in settings_of(whole, keyring, service)}
    assert told == {"health", "workout"}
    assert settings_of(whole, keyring, BY_NAME["health"], "worker")["OBJECT_STORE_URL"] == whole.objects.as_uri()


def test_only_sign_in_is_limited_by_address(whole: Plan) -> None:
    routers = gateway.build_routes(whole)["http"]["routers"]
    assert [name for name, router in routers.items() if "sign-in-rate" in router.get("middlewares", ())] == [
        "identity-sign-in"
    ]
