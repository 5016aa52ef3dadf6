"""What an import wrote goes, and what it replaced comes back, in whatever order imports are taken back."""

import random
from datetime import timedelta

import pytest
from services.health.tests.imports import make

pytestmark = pytest.mark.anyio

WEIGHTS = {"at": "at", "columns": [{"column": "weight", "metric": "weight"}], "source": "Scale"}


async def undo(health, headers, import_id):
    answer = await health.http.post(f"/imports/{import_id}/undo", headers=headers)
    assert answer.status_code == 202, answer.text
    return await make.done(health, headers, import_id, "undone")


def weights(values):
    """One weight a day."""
    lines = [f"{(make.START + timedelta(days=day)).isoformat()},{value}" for day, value in values.items()]
    return ("at,weight\n" + "\n".join(lines) + "\n").encode()


async def test_everything_is_as_before(health, headers, user_id):
    empty = await make.checksum(health, user_id)
    first = await make.imported(health, headers, make.a_csv(300))
    one = await make.checksum(health, user_id)
    later = make.START + timedelta(minutes=150)
    second = await make.imported(health, headers, make.a_csv(400, start=later, rate=70))
    assert second["counts"] == {"read": 800, "inserted": 650, "updated": 150}
    found = await undo(health, headers, second["id"])
    assert not found["stored"]
    assert await make.checksum(health, user_id) == one
    await undo(health, headers, first["id"])
    assert await make.checksum(health, user_id) == empty
    assert [len(each) for each in empty.values()] == [0] * 6
    for action in ("undo", "resume", "cancel"):
        answer = await health.http.post(f"/imports/{second['id']}/{action}", headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (409, "The resource is not in a state that allows this")


async def test_what_the_user_wrote_since_stays(health, headers, user_id):
    sent = {"source": {"app": "Scale"}, "metric": "weight", "unit": "kg"}
    day = make.START.isoformat()
    await health.http.post("/samples", headers=headers, json=sent | {"samples": [{"at": day, "value": 70}]})
    before = await make.checksum(health, user_id)
    found = await make.imported(health, headers, weights({0: 71, 1: 72}), mapping=WEIGHTS)
    assert (found["counts"]["inserted"], found["counts"]["updated"]) == (1, 1)
    await health.http.post("/samples", headers=headers, json=sent | {"samples": [{"at": day, "value": 73}]})
    await undo(health, headers, found["id"])
    after = await make.checksum(health, user_id)
    assert [row[-1] for row in before["samples"]] == [70]
    assert [row[-1] for row in after["samples"]] == [73]


async def test_a_source_the_user_has_named_stays(health, headers, user_id):
    found = await make.imported(health, headers, weights({0: 71}), mapping=WEIGHTS)
    await health.db.execute("UPDATE source SET name = 'Bathroom' WHERE user_id = $1", user_id)
    await undo(health, headers, found["id"])
    assert await health.db.fetchval("SELECT count(*) FROM source WHERE user_id = $1", user_id) == 1
    assert await health.db.fetchval("SELECT count(*) FROM series WHERE user_id = $1", user_id) == 0


@pytest.mark.parametrize("seed", range(3))
async def test_chains_of_imports_undone_in_any_order(health, headers, user_id, seed):
    """What is left always is what the imports still there would have made in their order."""
    chance = random.Random(seed)
    files = [{day: 60 + number + chance.random() for day in chance.sample(range(6), 4)} for number in range(4)]
    imports = {}
    for number, values in enumerate(files):
        imports[number] = await make.imported(health, headers, weights(values), mapping=WEIGHTS)
    order = chance.sample(range(4), 4)
    for place, number in enumerate(order):
        await undo(health, headers, imports[number]["id"])
        expected = {}
        for left in sorted(set(order[place + 1 :])):
            expected |= files[left]
        rows = (await make.checksum(health, user_id))["samples"]
        assert {(row[1] - make.START).days: row[-1] for row in rows} == pytest.approx(expected)
    assert not any((await make.checksum(health, user_id)).values())


async def test_undone_in_several_pieces(health, headers, user_id, monkeypatch):
    monkeypatch.setattr("health.imports.undo.LARGEST", 37)
    before = await make.checksum(health, user_id)
    first = await make.imported(health, headers, make.a_csv(100))
    one = await make.checksum(health, user_id)
    second = await make.imported(health, headers, make.a_csv(150, rate=70).replace(b",75,", b",750,"))
    third = await make.imported(health, headers, make.a_csv(80, rate=80))
    for each in (second, third):
        await undo(health, headers, each["id"])
    assert await make.checksum(health, user_id) == one
    await undo(health, headers, first["id"])
    assert await make.checksum(health, user_id) == before
