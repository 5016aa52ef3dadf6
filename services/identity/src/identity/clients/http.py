"""/oauth: tokens for services."""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from litestar import Router, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, URLEncodedBody

from chassis import tokens
from chassis.problems import Unauthorized
from chassis.service import Runtime
from identity import forms
from identity.keys.keyring import Keyring

LIFETIME_S = 600
NOBODYS = "0" * 64


class InvalidClient(Unauthorized):
    """Client authentication failed."""


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a service asks with, as a form; it proves itself by HTTP Basic."""

    grant_type: Literal["client_credentials"]


class ServiceToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a service shows other services over gRPC; no HTTP route takes it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = LIFETIME_S
    """Seconds."""


@post("/token", status_code=200, before_request=forms.strict)
async def give_token(
    data: URLEncodedBody[TokenRequest],  # noqa: ARG001 - all it can say is checked when it is decoded
    runtime: NamedDependency[Runtime],
    keyring: NamedDependency[Keyring],
    authorization: Annotated[str, HeaderParameter(name="authorization")] = "",
) -> ServiceToken:
    """Give a service of this installation a token of its own."""
    name, now = authenticated(authorization, runtime.settings.service_clients), int(datetime.now(UTC).timestamp())
    claims = {
        "iss": runtime.settings.issuer,
        "aud": tokens.SERVICES,
        "sub": f"service:{name}",
        "iat": now,
        "exp": now + LIFETIME_S,
    }
    return ServiceToken(access_token=await keyring.sign(claims))


def authenticated(authorization: str, clients: dict[str, str]) -> str:
    """The client whose name and secret the header carries; InvalidClient if there is none."""
    scheme, _, text = authorization.partition(" ")
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise InvalidClient from None
    digest = hashlib.sha256(secret.encode()).hexdigest()
    if not hmac.compare_digest(digest, clients.get(name, NOBODYS)) or scheme.lower() != "basic":
        raise InvalidClient
    return name


router = Router("/oauth", route_handlers=[give_token], tags=["Services"])
