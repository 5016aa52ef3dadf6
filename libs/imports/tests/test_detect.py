"""What a file is, whatever it is called."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.detect import delimiter_of, detect, header_of


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf  \r\n", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"PK\x05\x06" + bytes(18), "zip"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (b"\x0e\x10\x43\x08\x78\x06\x09\x00.FIT\x12\x34", "fit"),
        (b"%PDF-1.7", "other"),
        (b"SQLite format 3\x00" + bytes(20), "other"),
        (b"\x7fELF\x02\x01\x01\x00", "other"),
        (b'[{"a": 1}]', "json"),
        (b"date,weight\n2024-01-01,80\n", "text"),
        ("Größe;Gewicht\n1;2".encode("cp1252"), "text"),
        ("date,weight\n".encode("utf-16"), "text"),
        ("\ufeff{}".encode(), "json"),
    ],
)
def test_kinds(head, kind):
    assert detect(head).kind == kind


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("<HealthData/>", "HealthData"),
        ('\ufeff<?xml version="1.0"?>\n<!-- <no/> -->\n<gpx version="1.1">', "gpx"),
        (
            '<?xml version="1.0"?><!DOCTYPE HealthData [\n<!ELEMENT HealthData (Me)>\n]>\n<HealthData locale="x">',
            "HealthData",
        ),
        ('<!DOCTYPE html>\n<html lang="en">', "html"),
        ('<ns3:TrainingCenterDatabase xmlns:ns3="x">', "TrainingCenterDatabase"),
        ("<", None),
        ("<!DOCTYPE x [", None),
    ],
)
def test_root_of_xml(text, root):
    found = detect(text.encode())
    assert found.kind == "xml"
    assert found.root == root


def test_encodings():
    assert detect("Gewicht;Größe".encode("cp1252")).text == "Gewicht;Größe"
    assert detect("a;ü".encode("utf-16")).text == "a;ü"
    assert detect("ü".encode() * 40_000 + "ü".encode()[:1]).encoding == "utf-8", "cut in the middle of a character"


def test_headers():
    assert delimiter_of('"a,b";c;d') == ";"
    assert header_of('\n\n"a,b",c , d\n1,2,3\n') == ["a,b", "c", "d"]
    assert header_of("") == []


@given(st.binary(max_size=2_000))
def test_anything(head):
    found = detect(head)
    header_of(found.text)
