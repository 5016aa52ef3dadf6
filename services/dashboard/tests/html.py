"""Reads a page as strictly as one would like browsers to."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "path", "circle", "use", "rect", "line"})


class Page(HTMLParser):
    """Raises AssertionError for tags that do not close; collects ids, links and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src", "action"}:
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"<{tag}/> closes nothing in HTML"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def check(self) -> None:
        """Nothing inline, nothing from elsewhere, and every link within the page arrives."""
        assert len(self.ids) == len(set(self.ids))
        for name, _value in self.attributes:
            assert name != "style"
            assert not name.startswith("on")
        for link in self.links:
            parts = urlsplit(link)
            assert not parts.scheme, link
            assert not parts.netloc, link
            if link.startswith("#"):
                assert link[1:] in self.ids, link
