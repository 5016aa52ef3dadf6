"""A thing's version as its ETag: whoever changes it may say which version they have seen."""

from typing import Annotated

from litestar.params import HeaderParameter

from chassis.problems import StaleVersion

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="if-match", max_length=200, description="`ETag` of what was read; 412 when it is older."),
]


def etag(version: int) -> str:
    return f'"{version}"'


def require(version: int, if_match: str | None) -> None:
    """Raise StaleVersion unless ``If-Match`` is absent, ``*``, or names this version."""
    if if_match is not None and not {"*", etag(version)} & {tag.strip() for tag in if_match.split(",")}:
        raise StaleVersion(f"it is at version {version}")
