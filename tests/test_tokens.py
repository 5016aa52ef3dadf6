"""No route answers anybody but the user its token was signed for."""

import base64
import hmac
import json
import time
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests import operations
from tests.operations import Operation

pytestmark = pytest.mark.anyio

PUBLIC = {
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /oauth/token",
    "GET /.well-known/jwks.json",
    "GET /users/erasures/{receipt_id}",  # whoever erased an account has no token any more, only the receipt
    "POST /health-data",  # takes a username instead of a token in quickstart mode; see the test below
    "GET /",
    "GET /health",
    "GET /metrics-catalogue",  # says nothing of anybody
    "GET /docs",
    "GET /openapi.json",
}
"""Routes that answer without a token; a new one has to be written down here."""


def bad_tokens(signer) -> dict[str, str]:
    """Tokens by what is wrong with them."""
    user_id, now = uuid4(), int(time.time())
    good = signer.token(user_id)
    head, body, signature = good.split(".")
    stranger = RSAKey.generate_key(2048, {"kid": "test"})
    return {
        "no token": "",
        "garbage": "Bearer x.y.z",
        "other scheme": f"Basic {good}",
        "other key": "Bearer "
        + jwt.encode({"alg": "RS256", "kid": "test", "typ": "at+jwt"}, signer.claims(user_id), stranger),
        "signed with the public key": "Bearer " + forged_with_public_key(signer, user_id),
        "not signed": f"Bearer {unsigned(signer, user_id)}",
        "tampered": f"Bearer {head}.{body[:-4]}AAAA.{signature}",
        "expired": "Bearer " + signer.token(user_id, exp=now - 31, iat=now - 700),
        "of tomorrow": "Bearer " + signer.token(user_id, iat=now + 86_400),
        "other audience": "Bearer " + signer.token(user_id, aud="fitmesh-internal"),
        "other issuer": "Bearer " + signer.token(user_id, iss="http://elsewhere"),
        "other type": "Bearer " + signer.token(user_id, header={"typ": "JWT"}),
        "a service's": "Bearer " + signer.service_token("health"),
    }


def forged_with_public_key(signer, user_id) -> str:
    signed = f"{segment({'alg': 'HS256', 'kid': 'test', 'typ': 'at+jwt'})}.{segment(signer.claims(user_id))}"
    return f"{signed}.{encoded(hmac.digest(signer.key.as_pem(private=False), signed.encode(), 'sha256'))}"


def unsigned(signer, user_id) -> str:
    return f"{segment({'alg': 'none', 'kid': 'test', 'typ': 'at+jwt'})}.{segment(signer.claims(user_id))}."


def segment(part: dict[str, object]) -> str:
    return encoded(json.dumps(part).encode())


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.mark.parametrize("name", operations.NAMES)
async def test_bad_tokens_are_refused_by_every_route(start, signer, name):
    every = list(operations.operations(name))
    assert {str(o) for o in every if not o.protected} <= PUBLIC
    async with start(operations.service(name)) as running:
        for operation in every:
            if operation.protected:
                for wrong, header in bad_tokens(signer).items():
                    answer = await call(running, operation, {"authorization": header} if header else {})
                    assert answer.status_code == 401, f"{operation}: {wrong}: {answer.status_code}"
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_health_data_without_a_token_is_for_quickstart_alone(start):
    async with start(operations.service("health")) as running:
        answer = await running.http.post("/health-data", json={"username": "alice", "steps": 1})
        assert answer.status_code == 401


@pytest.mark.parametrize("name", operations.NAMES)
async def test_tokens_without_the_scope_are_refused(start, signer, name):
    async with start(operations.service(name)) as running:
        for operation in operations.operations(name):
            if operation.protected:
                answer = await call(running, operation, signer.headers(uuid4(), scope="other"))
                assert answer.status_code in {401, 403}, str(operation)


async def call(running, operation: Operation, headers: dict[str, str]):
    return await running.http.request(operation.method, operation.filled, json={}, headers=headers)
