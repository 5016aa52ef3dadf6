"""Composition root."""

import identity
from chassis import Service
from identity import rpc
from identity.clients import http as clients
from identity.credentials import http as credentials
from identity.erasures import consumer
from identity.erasures import http as erasures
from identity.jobs import tend
from identity.keys import http as keys
from identity.keys.rotate import rotate_keys
from identity.republish import republish
from identity.resources import resources
from identity.sessions import http as sessions
from identity.sessions.queries import has_ended
from identity.settings import IdentitySettings
from identity.users import http as users

SERVICE = Service(
    package=identity,
    settings=IdentitySettings,
    routers=[
        *(credentials.router, sessions.auth, sessions.sessions, users.router),
        *(erasures.router, keys.router, clients.router),
    ],
    servicers=rpc.servicers,
    consumers=[consumer.consumers],
    jobs=[tend],
    resources=[resources],
    republish=republish,
    session_ended=has_ended,
    commands={"rotate-keys": rotate_keys},
)
