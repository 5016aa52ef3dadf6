"""Schemathesis against every service: no 5xx, and nothing that its document does not say."""

import asyncio
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chassis import openapi
from tests import operations

pytestmark = [
    pytest.mark.anyio,
    # Schemathesis warns of what it could not generate; its checks, not its warnings, are what must hold.
    pytest.mark.filterwarnings("ignore::Warning:schemathesis"),
    # Nor is its own use of ``random`` inside strategies ours to mend.
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning"),
]

EXAMPLES = 40
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("name", operations.NAMES)
async def test_answers_are_as_documented(start, signer, name, tmp_path):
    service = operations.service(name)
    async with start(service, **operations.alone(name, tmp_path)) as running:
        schema = schemathesis.openapi.from_dict(openapi.document(service))
        schema.config.update(base_url=str(running.http.base_url))
        headers = signer.headers(uuid4(), "someone")
        endless = {(o.method, o.path) for o in operations.operations(name) if o.streams}
        for found in schema.get_all_operations():
            operation = found.ok()
            if (operation.method, operation.path) not in endless:
                await asyncio.to_thread(probe, operation, headers)


def probe(operation, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=10)

    check()
