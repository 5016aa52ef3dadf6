"""What is read of points: the texts of elements inside them, by their tags."""

from collections.abc import Mapping

from lxml import etree

from workout.readers.plain import NOTHING, Columns

MOST_NAMES = 1_000
"""Of elements, with their prefixes."""


class Names(dict[str, str]):
    """Names of elements without namespace or prefix."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2].rpartition(":")[2]
        if len(self) < MOST_NAMES:
            self[tag] = name
        return name


class Fields:
    """What is read of points: texts of elements inside them, by their tags; the point's own tag gives nothing."""

    def __init__(self, point: str, known: Mapping[str, str], *, places: bool = False) -> None:
        """``places``: whether a point says by its attributes where it is."""
        self.point, self.known, self.places = point, known, places
        self._tags = tuple(f"{{*}}{name}" for name in (point, *known))
        self._of: dict[str, str] = {}

    def columns(self, container: etree._Element, n: int) -> Columns:
        """Of the first children of a container."""
        rows = self._rows(container, n)
        if not rows:
            return {}
        return {name: [row.get(name, NOTHING) for row in rows] for name in {"time"}.union(*rows)}

    def _rows(self, container: etree._Element, n: int) -> list[dict[str, str]]:
        """One walk through a container, as that is quicker than one through each point; the first of two counts."""
        beyond = next(container[n].iter(*self._tags), None) if n < len(container) else None
        places, of = self.places, self._of
        rows: list[dict[str, str]] = []
        row: dict[str, str] = {}
        for node in container.iter(*self._tags):
            tag = node.tag
            if node is beyond:
                break
            if field := of[tag] if tag in of else self._learn(tag):
                if field not in row and (text := node.text):
                    row[field] = text
            else:
                row = {"lat": node.get("lat", ""), "lon": node.get("lon", "")} if places else {}
                rows.append(row)
        return rows

    def _learn(self, tag: str) -> str:
        field = self.known.get(tag.rpartition("}")[2], "")
        if len(self._of) < MOST_NAMES:
            self._of[tag] = field
        return field
