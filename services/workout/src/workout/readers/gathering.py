"""What GPX and TCX have in common: parts of a document, gathered into what was recorded and told one by one."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from imports import Broken
from workout.readers.faults import contained
from workout.readers.markup import Document, Part
from workout.readers.model import Ask, Finding, Item


class Recording(Protocol):
    """What was read of one."""

    def item(self, lost: str | None) -> Item:
        """``lost``: why it is not all that was recorded."""


R = TypeVar("R", bound=Recording)


class Gathering(ABC, Generic[R]):
    """Follows the parts of a document."""

    plans: str
    """What else such a file may hold."""
    without: str
    """What is said of one that holds but that."""

    def __init__(self, document: Document, ask: Ask) -> None:
        self.document = document
        self.names = document.names
        self.most, self.left = ask.records, ask.activities
        self.known = self.planned = 0
        self.done: list[R] = []

    @abstractmethod
    def take(self, part: Part) -> None:
        """Go on with the next part."""

    @abstractmethod
    def finish(self) -> None:
        """Of a file that is not read to its end, add what there is of the last."""

    def add(self, recording: R) -> None:
        if self.left:
            self.left -= 1
            self.known += 1
            self.done.append(recording)

    def items(self) -> Iterator[Item]:
        """The last one waits for the end, as it may go on, or not be whole where the file is broken."""
        broken: Broken | None = None
        try:
            with contained():
                for part in self.document.parts():
                    self.take(part)
                    while len(self.done) > 1:
                        yield self.done.pop(0).item(None)
        except Broken as error:
            broken = error
        self.finish()
        if broken and not self.known:
            raise broken
        if not self.known:
            what = self.plans if self.planned else "nothing"
            yield Finding(kind="warning", code="not-an-activity", detail=self.without.format(what))
        while self.done:
            recording = self.done.pop(0)
            yield recording.item(f"{broken}" if broken and not self.done else None)
