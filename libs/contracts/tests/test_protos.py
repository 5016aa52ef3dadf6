"""The committed stubs are what the files say, and no field number ever means something else."""

import pytest

from contracts import protos

OLD = {
    "fitmesh.a.v1.Thing": {"1": "string id", "2": "optional double value"},
    "fitmesh.a.v1.Things": {"GetThing": ".A -> .B"},
}


def test_stubs_and_promise_are_what_the_files_say(capsys):
    assert protos.main(["check"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "parts", "reason"),
    [
        ("fitmesh.a.v1.Thing", {"1": "string id"}, "fitmesh.a.v1.Thing: 2 (optional double value) is gone"),
        (
            "fitmesh.a.v1.Thing",
            OLD["fitmesh.a.v1.Thing"] | {"1": "int64 id"},
            "fitmesh.a.v1.Thing: 1 was string id, is int64 id",
        ),
        ("fitmesh.a.v1.Things", {}, "fitmesh.a.v1.Things: GetThing (.A -> .B) is gone"),
    ],
)
def test_each_breaking_change_is_named(name, parts, reason):
    assert list(protos.breaks(OLD, OLD | {name: parts})) == [reason]


def test_additions_break_nothing():
    more = OLD | {"fitmesh.a.v1.New": {}, "fitmesh.a.v1.Thing": OLD["fitmesh.a.v1.Thing"] | {"3": "string note"}}

    assert list(protos.breaks(OLD, more)) == []
    assert list(protos.breaks(OLD, {"fitmesh.a.v1.Thing": OLD["fitmesh.a.v1.Thing"]})) == [
        "fitmesh.a.v1.Things is gone"
    ]


def test_check_tells_of_drift_and_write_ends_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(protos, "FOLDER", tmp_path / "contracts")
    monkeypatch.setattr(protos, "SOURCES", tmp_path)
    monkeypatch.setattr(protos, "FILE", tmp_path / "contracts" / "protos.json")
    source = tmp_path / "contracts" / "a" / "v1" / "a.proto"
    source.parent.mkdir(parents=True)
    source.write_text(
        'syntax = "proto3"; package fitmesh.a.v1; message Thing { string id = 1; repeated Thing parts = 2; }'
    )

    assert protos.main(["check"]) == 1
    assert protos.main(["write"]) == 0
    assert protos.main(["check"]) == 0

    source.write_text(
        'syntax = "proto3"; package fitmesh.a.v1; message Thing { int64 id = 1; repeated Thing parts = 2; }'
    )
    capsys.readouterr()
    assert protos.main(["write"]) == 1
    assert "fitmesh.a.v1.Thing: 1 was string id, is int64 id" in capsys.readouterr().err
