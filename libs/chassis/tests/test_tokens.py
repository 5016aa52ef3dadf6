"""S6: whoever shows a token that is not right in every part is nobody, over HTTP and over gRPC."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from grpc import StatusCode, aio
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from chassis import tokens
from chassis.problems import Unauthorized, Unavailable
from chassis.tokens import Keys, Verifier
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc
from testkit import Signer

pytestmark = pytest.mark.anyio

STRANGER = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
HEAD = {"alg": "RS256", "kid": "test", "typ": "at+jwt"}


def b64(value: object) -> str:
    given = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()


def now() -> int:
    return int(time.time())


def unsigned(signer: Signer, user: UUID) -> str:
    return f"{b64(HEAD | {'alg': 'none'})}.{b64(signer.claims(user))}."


def hs256_by_public_key(signer: Signer, user: UUID) -> str:
    public = signer.key.as_pem(private=False)
    signed = f"{b64(HEAD | {'alg': 'HS256'})}.{b64(signer.claims(user))}"
    return f"{signed}.{b64(hmac.digest(public, signed.encode(), 'sha256'))}"


def own_key(key: RSAKey | ECKey, alg: str) -> Callable[[Signer, UUID], str]:
    def made(signer: Signer, user: UUID) -> str:
        head = HEAD | {"alg": alg, "jwk": key.as_dict(private=False)}
        return jwt.encode(head, signer.claims(user), key, algorithms=[alg])

    return made


def changed_payload(signer: Signer, user: UUID) -> str:
    head, _, signature = signer.token(user).split(".")
    return f"{head}.{b64(signer.claims(user, sub=str(uuid4())))}.{signature}"


def header(**changes: object) -> Callable[[Signer, UUID], str]:
    return lambda signer, user: signer.token(user, header=changes)


def claims(**changes: object) -> Callable[[Signer, UUID], str]:
    return lambda signer, user: signer.token(user, **{k: v() if callable(v) else v for k, v in changes.items()})


def critical(signer: Signer, user: UUID) -> str:
    signed = f"{b64(HEAD | {'crit': ['x'], 'x': 1})}.{b64(signer.claims(user))}"
    return f"{signed}.{b64(signer.key.private_key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


BAD: dict[str, Callable[[Signer, UUID], str]] = {
    "alg none": unsigned,
    "HS256 with the public key": hs256_by_public_key,
    "embedded RSA jwk": own_key(STRANGER, "RS256"),
    "embedded EC jwk": own_key(ECKey.generate_key("P-256"), "ES256"),
    "jku": lambda signer, user: jwt.encode(HEAD | {"jku": "http://127.0.0.1:1/"}, signer.claims(user), STRANGER),
    "signed by a stranger": lambda signer, user: jwt.encode(HEAD, signer.claims(user), STRANGER),
    "unknown kid": header(kid="other"),
    "kid is a path": header(kid="../../../dev/null"),
    "no kid": lambda signer, user: jwt.encode({"alg": "RS256", "typ": "at+jwt"}, signer.claims(user), signer.key),
    "typ JWT": header(typ="JWT"),
    "unknown crit": critical,
    "payload changed": changed_payload,
    "expired 31 s ago": claims(exp=lambda: now() - 32),
    "nbf in 5 min": claims(nbf=lambda: now() + 300),
    "iat in 5 min": claims(iat=lambda: now() + 300),
    "no exp": claims(exp=None),
    "exp a string": claims(exp=lambda: str(now() + 600)),
    "other aud": claims(aud="elsewhere"),
    "no aud": claims(aud=None),
    "other iss": claims(iss="http://elsewhere"),
    "200 KB": claims(padding="x" * 200_000),
    "not a token": lambda _signer, _user: "a.b.c",
    "two parts": lambda signer, user: signer.token(user).rpartition(".")[0],
    "sub is no user": claims(sub="somebody"),
    "empty": lambda _signer, _user: "",
}

GOOD: dict[str, Callable[[Signer, UUID], str]] = {
    "good": claims(),
    "expired 29 s ago": claims(exp=lambda: now() - 28),
    "aud lists ours": claims(aud=["other", "fitmesh"]),
}


async def ask(running, token: str, user_id: UUID, **options: object) -> identity_pb2.User:
    target = f"{urlsplit(str(running.http.base_url)).hostname}:{running.environment['GRPC_PORT']}"
    async with aio.insecure_channel(target) as channel:
        stub = identity_pb2_grpc.UsersStub(channel)
        request = identity_pb2.GetUserRequest(user_id=str(user_id))
        metadata = [("authorization", f"Bearer {token}")]
        return await stub.GetUser(request, **({"timeout": 5, "metadata": metadata} | options))


@pytest.mark.parametrize("name", BAD)
async def test_bad_tokens_are_refused_over_http(http, signer, user_id, name):
    answer = await http.get("/things", headers={"authorization": f"Bearer {BAD[name](signer, user_id)}".strip()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("name", [name for name in BAD if name != "200 KB"])
async def test_bad_tokens_are_refused_over_grpc(running, signer, user_id, name):
    with pytest.raises(aio.AioRpcError) as caught:
        await ask(running, BAD[name](signer, user_id), user_id)
    assert caught.value.code() is StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("name", GOOD)
async def test_good_tokens_are_taken(running, signer, user_id, name):
    token = GOOD[name](signer, user_id)
    assert (await running.http.get("/things", headers={"authorization": f"Bearer {token}"})).status_code == 200
    assert (await ask(running, token, user_id)).user_id == str(user_id)


async def test_a_service_token_is_for_grpc_alone(running, http, signer, user_id):
    token = signer.service_token("health")
    assert (await http.get("/things", headers={"authorization": f"Bearer {token}"})).status_code == 401
    assert (await ask(running, token, user_id)).user_id == str(user_id)


async def test_a_users_token_for_the_inner_audience_is_no_service(running, signer, user_id):
    token = signer.token(user_id, aud=["fitmesh", "fitmesh-internal"])
    with pytest.raises(aio.AioRpcError) as caught:
        await ask(running, token, uuid4())
    assert caught.value.code() is StatusCode.NOT_FOUND


class Source:
    """Identity's keys, counted, and away at will."""

    def __init__(self, signer: Signer) -> None:
        self.keys = [signer.key]
        self.fetched = 0
        self.away = False

    async def __call__(self) -> dict:
        self.fetched += 1
        await asyncio.sleep(0.01)
        if self.away:
            raise OSError
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return time.time()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(tokens, "time", made)
    return made


@pytest.fixture
def source(signer) -> Source:
    return Source(signer)


@pytest.fixture
def verifier(source, clock) -> Verifier:
    return Verifier(Keys(source), "http://localhost:8000")


async def test_keys_are_fetched_by_one_at_a_time(verifier, source, signer):
    await asyncio.gather(*(verifier.claims(signer.token(uuid4()), tokens.USERS) for _ in range(50)))
    assert source.fetched == 1


async def test_a_flood_of_unknown_kids_makes_one_fetch_in_ten_seconds(verifier, source, signer, clock):
    await verifier.claims(signer.token(uuid4()), tokens.USERS)
    clock.now += 60
    for second in range(20):
        clock.now += 1
        for kid in range(20):
            with pytest.raises(Unauthorized):
                await verifier.claims(signer.token(uuid4(), header={"kid": f"{second}-{kid}"}), tokens.USERS)
    assert source.fetched == 1 + 2


async def test_a_new_key_is_found_and_the_old_one_stays(verifier, source, signer, clock):
    await verifier.claims(signer.token(uuid4()), tokens.USERS)
    newer = RSAKey.generate_key(2048, {"kid": "newer", "use": "sig", "alg": "RS256"})
    source.keys.append(newer)
    clock.now += 11
    await verifier.claims(jwt.encode(HEAD | {"kid": "newer"}, signer.claims(uuid4()), newer), tokens.USERS)
    await verifier.claims(signer.token(uuid4()), tokens.USERS)
    assert source.fetched == 2


async def test_keys_outlive_identity_for_a_day(verifier, source, signer, clock):
    await verifier.claims(signer.token(uuid4()), tokens.USERS)
    source.away = True
    clock.now += 23 * 3600
    await verifier.claims(signer.token(uuid4()), tokens.USERS)
    clock.now += 2 * 3600
    with pytest.raises(Unavailable):
        await verifier.claims(signer.token(uuid4()), tokens.USERS)
    source.away = False
    clock.now += 11
    await verifier.claims(signer.token(uuid4()), tokens.USERS)


async def test_without_keys_nobody_is_let_in_or_called_a_liar(verifier, source, signer):
    source.away = True
    with pytest.raises(Unavailable):
        await verifier.claims(signer.token(uuid4()), tokens.USERS)
