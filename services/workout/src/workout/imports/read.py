"""What ``python -m imports.child`` is given to do: read one import's file, whatever its format."""

from imports.child import Order
from workout.imports.apply import apply
from workout.readers.detect import recognise
from workout.readers.faults import contained


async def read(order: Order) -> None:
    await apply(order, contained()(recognise))
