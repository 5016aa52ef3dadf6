"""The first page and its files: readable without script, and nothing from elsewhere."""

import re

import pytest
from services.dashboard.tests.admins import Admins
from services.dashboard.tests.html import Page

from chassis.admin import State
from dashboard.app import SERVICE
from dashboard.home import model
from dashboard.site.pages import HERE, prose
from testkit.plugin import Start
from testkit.running import Running

pytestmark = pytest.mark.anyio

QUICKSTART = (
    (
        """curl -X POST "http://localhost:8000/auth/register" -H "Content-Type: application/json" """
        """-d '{"username": "alice", "password": "password123"}'"""
    ),
    """curl -X POST "http://localhost:8000/auth/login" -d "username=alice&password=password123\"""",
    (
        """curl -X POST "http://localhost:8000/health-data" -H "Content-Type: application/json" """
        """-d '{"username": "alice", "steps": 5000, "sleep_hours": 7.5, "weight": 70.0}'"""
    ),
)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_pages_are_whole_and_keep_to_themselves(dashboard: Running, admins: Admins, path: str) -> None:
    answer = await dashboard.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text.startswith("<!doctype html>")
    page = Page(answer.text)
    page.check()
    assert not re.search(r"<(style|script)[^>]*>[^<]", answer.text)
    for link in {link.partition("#")[0] for link in page.links} - {"", "/health"}:
        assert (await dashboard.http.get(link)).status_code == 200, link


async def test_the_quickstart_stands_there_letter_for_letter(dashboard: Running, admins: Admins) -> None:
    page = Page((await dashboard.http.get("/")).text)
    for command in QUICKSTART:
        assert command in page.text
    assert "Quickstart mode." in page.text


async def test_without_quickstart_mode_commands_carry_a_token(start: Start) -> None:
    async with start(SERVICE, SERVICES="identity,dashboard") as running:
        page = Page((await running.http.get("/")).text)
        assert "Quickstart mode." not in page.text
        assert "password123" not in page.text
        assert 'health-data" -H "Authorization: Bearer $TOKEN"' in page.text
        assert "Fitmesh is not ready" in page.text
        assert "does not answer" in page.text
        assert "analytics averages" not in page.text
        body = (await running.http.get("/health")).json()
        assert set(body["services"]) == {"identity", "dashboard"}


async def test_what_is_late_or_missing_is_named(dashboard: Running, admins: Admins) -> None:
    admins.answers["identity"] = State(ready=True, database="up", broker="down")
    admins.answers["health-worker"] = b""
    await admins.seen_by(dashboard)
    page = Page((await dashboard.http.get("/")).text)
    assert "with something late or missing" in page.text
    assert "degraded broker down" in page.text
    assert "degraded worker: does not answer" in page.text


async def test_files_are_kept_for_ever_under_their_names(dashboard: Running, admins: Admins) -> None:
    page = Page((await dashboard.http.get("/")).text)
    files = [link for link in page.links if link.startswith("/app/static/")]
    assert len(files) == len(list((HERE / "static").iterdir()))
    for file in files:
        answer = await dashboard.http.get(file)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].partition(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}
        if file.endswith(".css"):
            assert "http" not in answer.text
            assert "@import" not in answer.text


@pytest.mark.parametrize(
    "name", ["tokens.css", "..%2f..%2fapp.py", "%2e%2e/pages.py", "x" * 3000, "%00", "%ff", "tokens.000000000000.css"]
)
async def test_other_files_are_not_there(dashboard: Running, name: str) -> None:
    answer = await dashboard.http.get(f"/app/static/{name}")
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a `b` c", "a <code>b</code> c"),
        ("``b``", "<code>b</code>"),
        ("<script>`<b>`", "&lt;script&gt;<code>&lt;b&gt;</code>"),
        ("half `open", "half open"),
    ],
)
def test_prose_is_safe(text: str, html: str) -> None:
    assert prose(text) == html


def test_commands_name_the_address_of_this_installation() -> None:
    for step in model.steps("https://fitness.example.org", quickstart=False):
        assert '"https://fitness.example.org/' in step.command
