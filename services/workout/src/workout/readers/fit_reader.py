"""Fitdecode's reader without what a recording does not need.

Records go into columns as they are, and are not decoded one field at a time; of the other messages only those are that
say something of a workout.
"""

import struct
from typing import Any, BinaryIO

import fitdecode  # type: ignore[import-untyped]  # it ships no types
from fitdecode import records

from imports.unpack import size_of
from workout.readers.fit_hr import Heartbeats
from workout.readers.fit_records import Layout, Records

RECORD, HR = 20, 132
DECODED = {0, 12, 18, 19, 21, 23, 34, 206, 207, 225, 264}
"""File, sport, session, lap, event, device, activity, developer's fields, set, title of an exercise."""
NO_TIME = 0xFFFFFFFF
TIME = 253
FAULTS = (
    *(fitdecode.FitError, AssertionError, struct.error, ArithmeticError, LookupError),
    *(ValueError, TypeError, AttributeError, RecursionError),
)
"""What the decoder does over nonsense."""


class Reader(fitdecode.FitReader):  # type: ignore[misc]  # it ships no types
    """Frames as of fitdecode; those of records and of what is of no use are without fields."""

    def __init__(self, file: BinaryIO, columns: Records, beats: Heartbeats) -> None:
        super().__init__(
            file,
            processor=None,
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        )
        self.size = size_of(file)
        self.columns = columns
        self.beats = beats
        self.unfinished = False
        """Whether the header does not know how long the file became: a device that was switched off while writing."""
        self._known: dict[int, tuple[Any, Layout, Any]] = {}

    @property
    def at(self) -> int:
        """The byte at which the frame begins that is read."""
        return int(self._chunk_offset)

    @property
    def until(self) -> int:
        """The byte at which the file ends that is read, with its checksum, as its header says."""
        return int(self._chunk_offset + self._body_bytes_left + 2)

    def _read_header(self) -> None:
        super()._read_header()
        self._known.clear()
        if self._header is not None and not self._header.body_size:
            self._body_bytes_left = max(0, self.size - self._read_offset)
            self.unfinished = True

    def _read_data_message(self, header_chunk: bytes, record_header: Any) -> Any:
        local = record_header.local_mesg_num
        definition = self._local_mesg_defs.get(local)
        known = self._known.get(local)
        if known is None or known[0] is not definition:
            if definition is None:
                return super()._read_data_message(header_chunk, record_header)
            layout = Layout(definition)
            empty = records.FitDataMessage(
                is_developer_data=False,
                local_mesg_num=local,
                time_offset=None,
                def_mesg=definition,
                fields=(),
                chunk=None,
            )
            known = self._known[local] = (definition, layout, empty)
        _, layout, empty = known
        if layout.message in DECODED:
            return self._decoded(header_chunk, record_header, layout, empty)
        payload = self._read_bytes(layout.size) if layout.size else b""
        if layout.time is not None:
            (at,) = layout.time.unpack_from(payload, layout.time_at)
            if at != NO_TIME:
                self._compressed_ts_accumulator = at
        elif record_header.time_offset is not None:
            at = self._compressed_ts_accumulator = self._apply_compressed_accumulation(
                record_header.time_offset, self._compressed_ts_accumulator, 5
            )
        else:
            at = self._compressed_ts_accumulator or NO_TIME
        if layout.message == RECORD:
            self.columns.take(layout, payload, at)
        elif layout.message == HR:
            self.beats.take(layout, payload)
        return empty

    def _decoded(self, header_chunk: bytes, record_header: Any, layout: Layout, empty: Any) -> Any:
        """A message in full; one that is nonsense is passed over once its bytes have been read."""
        try:
            return super()._read_data_message(header_chunk, record_header)
        except FAULTS:
            if self._chunk_size != 1 + layout.size:
                raise
            return empty

    def _add_dev_field_description(self, message: Any) -> None:
        """A description of a field whose developer is not named, or of a type that is not known, is left out."""
        try:
            super()._add_dev_field_description(message)
        except FAULTS:
            return

    def _add_dev_data_id(self, message: Any) -> None:
        try:
            super()._add_dev_data_id(message)
        except FAULTS:
            return
