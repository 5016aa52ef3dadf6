"""Pages cover a list once, and a cursor is only ever one of ours."""

import base64
import contextlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import pages
from chassis.pages import Cursor
from chassis.problems import InvalidValue

pytestmark = pytest.mark.anyio


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "====", "ä", "\x00", "%00", "a" * 200, "null", encoded(None), encoded([]), encoded({"at": 1})),
        encoded(["2026-01-01T00:00:00", str(UUID(int=7))]),
        encoded(["2026-01-01T00:00:00Z", "x"]),
        encoded([1e300, str(UUID(int=7))]),
        encoded(["2026-01-01T00:00:00Z", str(UUID(int=7)), "'; DROP TABLE thing"])[:-3],
    ],
)
def test_strange_cursors_are_refused(text):
    with pytest.raises(InvalidValue):
        pages.after(text)


@given(st.text(max_size=200) | st.binary(max_size=150).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_cursor_does_worse_than_400(text):
    with contextlib.suppress(InvalidValue):
        assert pages.after(text)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_cursors_come_back_as_they_went(at: datetime, id_: UUID):
    page = pages.of([1, 2], 1, lambda _: Cursor(at, id_))
    assert pages.after(page.next_cursor) == Cursor(at, id_)


async def test_pages_cover_the_list_once(http, headers):
    names = [f"t{n}" for n in range(7)]
    for name in names:
        await http.post("/things", json={"name": name}, headers=headers)
    seen, cursor = [], None
    while True:
        page = (
            await http.get("/things", params={"limit": 3} | ({"cursor": cursor} if cursor else {}), headers=headers)
        ).json()
        seen += [item["name"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == names[::-1]


@pytest.mark.parametrize("limit", ["0", "201", "x", "", "1e3", "9" * 30])
async def test_limits_are_bounded(http, headers, limit):
    answer = await http.get("/things", params={"limit": limit}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?limit")


async def test_a_cursor_of_the_far_past_and_future_is_harmless(http, headers):
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = await http.get("/things", params={"cursor": encoded([at, str(uuid4())])}, headers=headers)
        assert answer.status_code in {200, 400}
