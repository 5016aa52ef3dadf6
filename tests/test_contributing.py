"""Follow CONTRIBUTING.md: a service made of what it says starts, is ready and is served."""

import asyncio
import re
import tempfile
from pathlib import Path

import aiohttp
import pytest

from contracts.services import BY_NAME
from local import ports
from local.plan import Plan, installed
from local.supervisor import Supervisor

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("contributing")]
PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"


def new_service(folder: Path) -> Path:
    """Write the files that the page shows; returns the folder of the new package's source."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    app, main = (re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in blocks)
    source = folder / "progress" / "src"
    (source / "progress").mkdir(parents=True)
    (folder / "progress" / "db" / "migrations").mkdir(parents=True)
    (source / "progress" / "__init__.py").write_text('"""The progress service: where do you stand?"""\n')
    (source / "progress" / "app.py").write_text(app)
    (source / "progress" / "__main__.py").write_text(main)
    (folder / "progress" / "db" / "migrations" / "20990101000000_nothing.sql").write_text(
        "-- migrate:up\nCREATE TABLE nothing (user_id uuid PRIMARY KEY);\n-- migrate:down\nDROP TABLE nothing;\n"
    )
    return source


async def test_a_service_made_as_the_page_says_runs():
    with tempfile.TemporaryDirectory(prefix="fitmesh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the servers run as another user when root tests
        source = new_service(Path(folder) / "services")
        identity = next(service for service in installed() if service.name == "identity")
        plan = Plan(
            folder=Path(folder) / "state",
            services=(identity, BY_NAME["progress"]),
            first_port=ports.free_block(),
            gateway_port=ports.free_port(),
            search_path=(source,),
        )
        supervisor = Supervisor(plan)
        await asyncio.to_thread(supervisor.start)
        try:
            async with aiohttp.ClientSession() as client:
                async with client.get(f"http://{plan.address(BY_NAME['progress'], 'admin')}/readyz") as answer:
                    assert (await answer.json())["database"] == "up"
                async with client.get(f"http://127.0.0.1:{plan.gateway_port}/goals") as answer:
                    assert answer.status == 404
                    assert (await answer.json())["type"] == "urn:fitmesh:problem:not-found"
        finally:
            await asyncio.to_thread(supervisor.stop)
