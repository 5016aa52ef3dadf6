"""XML that is hostile, broken or merely unusual."""

from collections.abc import Iterator, Mapping

import pytest

from imports import Broken, xml
from imports.xml import Bounds

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


class Heard:
    """A target that remembers."""

    def __init__(self) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements.append((tag, dict(attributes)))

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        self.texts.append(text)


def parsed(document: bytes | Iterator[bytes], bounds: Bounds | None = None, *, recover: bool = False) -> Heard:
    heard = Heard()
    blocks = (
        [document[at : at + 100] for at in range(0, len(document), 100)] if isinstance(document, bytes) else document
    )
    for _ in xml.parse(blocks, heard, bounds, recover=recover):
        pass
    return heard


def test_elements_attributes_and_texts_are_told():
    heard = parsed('<?xml version="1.0" encoding="UTF-8"?><a x="ü"><b y="1"/>so &amp; so<![CDATA[<c/>]]></a>'.encode())
    assert heard.elements == [("a", {"x": "ü"}), ("b", {"y": "1"})]
    assert "".join(heard.texts) == "so & so<c/>"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A &amp; B", "A & B"),
        ("&#38;", "&"),
        ("&amp;#38;", "&#38;"),
        ("&lt;&#x2019;&gt;&quot;", '<’>"'),
        ("a\tb", "a b"),
    ],
)
def test_attributes_are_decoded(written, meant):
    assert parsed(f'<a x="{written}"/>'.encode()).elements == [("a", {"x": meant})]


def test_a_byte_order_mark_and_a_declared_encoding_are_understood():
    assert parsed(b"\xef\xbb\xbf<a/>").elements
    assert parsed('<?xml version="1.0" encoding="ISO-8859-1"?><a x="é"/>'.encode("latin-1")).elements[0][1] == {
        "x": "é"
    }


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>', "entities"),
        (f'<!DOCTYPE a [{" " * 90}<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "entities"),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><a/>', "entities"),
        ("<a><b></a>", "well-formed XML in line 1"),
        ("<a>\n\n<b></c></a>", "line 3"),
        ("<a>&nbsp;</a>", "well-formed"),
        ("<a>so\x00</a>", "well-formed"),
        ("<a/><b/>", "well-formed"),
        ("<a>\n<b>", "cut off in line 2"),
        ('<a x="1', "cut off"),
        ("", "cut off"),
        ("no XML at all", "well-formed"),
    ],
)
def test_what_is_wrong_is_said(document, says):
    with pytest.raises(Broken, match=says):
        parsed(document.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_encodings_that_could_hide_something_are_refused(encoding):
    with pytest.raises(Broken, match="UTF-8"):
        parsed("<?xml version='1.0'?><a/>".encode(encoding))


def test_declared_encodings_that_could_hide_something_are_refused():
    with pytest.raises(Broken, match="UTF-7"):
        parsed(b'<?xml version="1.0" encoding="UTF-7"?><a/>')
    with pytest.raises(Broken, match="Invalid bytes"):
        parsed(b'<a x="\xff"/>')


def test_external_document_types_are_not_read(tmp_path):
    (tmp_path / "a.dtd").write_text('<!ENTITY x "read"><!ATTLIST a y CDATA "read">')
    heard = parsed(f'<!DOCTYPE a SYSTEM "{tmp_path}/a.dtd"><a>&x;</a>'.encode())
    assert heard.elements == [("a", {})]
    assert "read" not in "".join(heard.texts)


@pytest.mark.parametrize(
    ("piece", "says"),
    [
        (b"<a>", "nested more than 64 deep"),
        (b"<a/>", "more than 2,000 elements"),
        (b"text " * 20, "longer than 1 MiB"),
        (b'<a x="' + b"y" * 100, "longer|well-formed"),
        (b"<!-- " + b"x" * 100, "longer"),
        (b"<![CDATA[ " + b"x" * 100, "longer"),
        (b"<?x " + b"x" * 100, "longer"),
        (b"x='1' " * 20, "longer"),
    ],
)
def test_documents_without_end_end(piece, says):
    def endless() -> Iterator[bytes]:
        yield b"<root>"
        while True:
            yield piece

    with pytest.raises(Broken, match=says):
        parsed(endless(), Bounds(elements=2_000))


def test_names_without_end_end():
    elements = b"".join(b"<a%d/>" % n for n in range(6_000))
    attributes = b"".join(b'<a b%d="1"/>' % n for n in range(6_000))
    for document in (elements, attributes):
        with pytest.raises(Broken, match="5,000 different names"):
            parsed(b"<root>" + document)


def test_what_was_told_before_stays_told():
    heard = Heard()
    with pytest.raises(Broken):
        list(xml.parse([b"<a><b/>", b"<c></b>"], heard))
    assert [tag for tag, _ in heard.elements] == ["a", "b", "c"]


def test_a_target_may_refuse():
    class Picky(Heard):
        def start(self, tag: str, attributes: Mapping[str, str]) -> None:
            raise Broken(f"not this {tag} with {len(attributes)}")

    with pytest.raises(Broken, match="not this a with 0"):
        list(xml.parse([b"<a/>"], Picky()))


def test_recovering_goes_on_over_what_is_not_well_formed():
    assert [tag for tag, _ in parsed(b"<a><b></c><d/></a>", recover=True).elements] == ["a", "b", "d"]
