"""Rows that wait together are written together, and each caller hears of its own row."""

import asyncio

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.combiner import Combiner
from chassis.problems import Unavailable

pytestmark = pytest.mark.anyio


class Table:
    """Takes what is not negative, like a column with a CHECK; all or nothing."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.batches: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, rows):
        self.batches.append(len(rows))
        await self.gate.wait()
        await asyncio.sleep(0)
        if any(row == -2 for row in rows):
            raise asyncpg.ConnectionDoesNotExistError
        if any(row < 0 for row in rows):
            raise asyncpg.CheckViolationError
        self.rows += rows
        return [row * 2 for row in rows]


async def test_rows_that_come_together_are_written_together():
    table = Table()
    combiner = Combiner(table.write)
    assert await asyncio.gather(*(combiner.submit(n) for n in range(100))) == [n * 2 for n in range(100)]
    assert len(table.batches) <= 4
    assert sorted(table.rows) == list(range(100))


async def test_a_bad_row_fails_alone():
    table = Table()
    combiner = Combiner(table.write)
    results = await asyncio.gather(*(combiner.submit(-1 if n == 13 else n) for n in range(50)), return_exceptions=True)
    assert isinstance(results.pop(13), asyncpg.CheckViolationError)
    assert results == [n * 2 for n in range(50) if n != 13]
    assert sorted(table.rows) == [n for n in range(50) if n != 13]


async def test_an_outage_is_told_to_everyone():
    combiner = Combiner(Table().write, flushers=1)
    results = await asyncio.gather(*(combiner.submit(n) for n in (1, -2, 3)), return_exceptions=True)
    assert all(isinstance(result, asyncpg.ConnectionDoesNotExistError) for result in results)


async def test_too_many_are_refused_at_once():
    table = Table()
    table.gate.clear()
    combiner = Combiner(table.write, flushers=1, largest=1, most=3)
    waiting = [asyncio.create_task(combiner.submit(n)) for n in range(1)]
    await asyncio.sleep(0.01)
    waiting += [asyncio.create_task(combiner.submit(n)) for n in range(3)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable) as caught:
        await combiner.submit(9)
    assert caught.value.retry_after_s == 1
    table.gate.set()
    assert await asyncio.gather(*waiting) == [0, 0, 2, 4]
    assert await combiner.submit(5) == 10


async def test_who_left_before_the_write_writes_nothing():
    table = Table()
    table.gate.clear()
    combiner = Combiner(table.write, flushers=1, largest=1)
    first, left = (asyncio.create_task(combiner.submit(n)) for n in (1, 2))
    await asyncio.sleep(0.01)
    left.cancel()
    await asyncio.sleep(0)
    table.gate.set()
    assert await first == 2
    await combiner.settled()
    assert table.rows == [1]


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.integers(-1, 50), max_size=60), largest=st.integers(1, 20), flushers=st.integers(1, 3))
async def test_everybody_gets_their_own_result(rows, largest, flushers):
    table = Table()
    combiner = Combiner(table.write, flushers=flushers, largest=largest)
    results = await asyncio.gather(*(combiner.submit(row) for row in rows), return_exceptions=True)
    for row, result in zip(rows, results, strict=True):
        assert isinstance(result, asyncpg.CheckViolationError) if row < 0 else result == row * 2
    assert sorted(table.rows) == sorted(row for row in rows if row >= 0)
    assert max(table.batches, default=0) <= largest
