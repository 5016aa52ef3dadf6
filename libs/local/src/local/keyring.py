"""Secrets of this machine's product, each made once and kept in a file that only its owner can read."""

import base64
import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from contracts.databases import LOGINS, Login


class Keyring:
    """The folder of secrets; asking for one makes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = threading.Lock()

    def database(self, service: str, login: Login) -> Path:
        return self._keep(f"{service}-database-{login}", _password)

    def database_passwords(self, service: str) -> dict[Login, str]:
        return {login: self.database(service, login).read_text() for login in LOGINS}

    def broker(self, user: str) -> Path:
        return self._keep(f"{user}-broker", _password)

    def service(self, service: str) -> Path:
        """What a service shows to identity to get a token of its own."""
        return self._keep(f"{service}-secret", _password)

    def service_hash(self, service: str) -> str:
        return hashlib.sha256(self.service(service).read_bytes()).hexdigest()

    def encryption_key(self) -> Path:
        """32 random bytes in base64: the key under which identity keeps its private keys."""
        return self._keep("key-encryption-key", lambda: base64.b64encode(os.urandom(32)).decode())

    def _keep(self, name: str, make: Callable[[], str]) -> Path:
        path = self._folder / name
        with self._making:
            if not path.exists():
                self._write(path, make())
        return path

    def _write(self, path: Path, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        draft.rename(path)


def _password() -> str:
    return secrets.token_hex(24)
