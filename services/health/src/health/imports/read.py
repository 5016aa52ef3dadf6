"""What ``python -m imports.child`` is given to do: read one import's file, whatever its format."""

from health.imports.apply import apply
from health.readers.detect import recognise
from imports.child import Order


async def read(order: Order) -> None:
    await apply(order, recognise)
