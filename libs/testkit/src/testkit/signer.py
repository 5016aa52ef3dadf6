"""Signs tokens as identity would, and publishes the keys to check them by."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "http://localhost:8000"


class Signer:
    """A key pair with a JWKS endpoint on a port of its own; ``close`` when done."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        body = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_given: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.jwks_url = f"http://127.0.0.1:{self._server.server_address[1]}/.well-known/jwks.json"

    def claims(self, user_id: UUID, username: str = "someone", **changes: Any) -> dict[str, Any]:
        """Claims of a good token, with ``changes``; None leaves one out."""
        now = int(time.time())
        good = {
            "iss": ISSUER,
            "aud": "fitmesh",
            "sub": str(user_id),
            "preferred_username": username,
            "sid": str(uuid4()),
            "epoch": 0,
            "scope": "read write",
            "iat": now,
            "exp": now + 600,
        }
        return {key: value for key, value in (good | changes).items() if value is not None}

    def token(
        self, user_id: UUID, username: str = "someone", *, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A user's token; ``claims`` and ``header`` replace what a good one has."""
        given = self.claims(user_id, username, **claims)
        return jwt.encode({"alg": "RS256", "kid": "test", "typ": "at+jwt"} | (header or {}), given, self.key)

    def headers(self, user_id: UUID, username: str = "someone", **claims: Any) -> dict[str, str]:
        """The ``Authorization`` header of a user."""
        return {"authorization": f"Bearer {self.token(user_id, username, **claims)}"}

    def service_token(self, service: str, **claims: Any) -> str:
        """A token as services show each other over gRPC."""
        return self.token(uuid4(), sub=f"service:{service}", aud="fitmesh-internal", sid=None, **claims)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
