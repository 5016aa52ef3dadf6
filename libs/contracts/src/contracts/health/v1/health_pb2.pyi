import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetDaysRequest(_message.Message):
    __slots__ = ("user_id", "to", "metrics")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    to: str
    metrics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_id: _Optional[str] = ..., to: _Optional[str] = ..., metrics: _Optional[_Iterable[str]] = ..., **kwargs) -> None: ...

class GetDaysResponse(_message.Message):
    __slots__ = ("days",)
    DAYS_FIELD_NUMBER: _ClassVar[int]
    days: _containers.RepeatedCompositeFieldContainer[Day]
    def __init__(self, days: _Optional[_Iterable[_Union[Day, _Mapping]]] = ...) -> None: ...

class Day(_message.Message):
    __slots__ = ("metric", "on_date", "value", "unit", "min", "max", "n", "sources", "version")
    METRIC_FIELD_NUMBER: _ClassVar[int]
    ON_DATE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    metric: str
    on_date: str
    value: float
    unit: str
    min: float
    max: float
    n: int
    sources: _containers.RepeatedScalarFieldContainer[str]
    version: int
    def __init__(self, metric: _Optional[str] = ..., on_date: _Optional[str] = ..., value: _Optional[float] = ..., unit: _Optional[str] = ..., min: _Optional[float] = ..., max: _Optional[float] = ..., n: _Optional[int] = ..., sources: _Optional[_Iterable[str]] = ..., version: _Optional[int] = ...) -> None: ...

class GetSamplesRequest(_message.Message):
    __slots__ = ("user_id", "metric", "to", "source_ids")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    METRIC_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    SOURCE_IDS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    metric: str
    to: _timestamp_pb2.Timestamp
    source_ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, user_id: _Optional[str] = ..., metric: _Optional[str] = ..., to: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., source_ids: _Optional[_Iterable[int]] = ..., **kwargs) -> None: ...

class GetSamplesResponse(_message.Message):
    __slots__ = ("source_id", "at_us", "duration_s", "value")
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    AT_US_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    source_id: int
    at_us: _containers.RepeatedScalarFieldContainer[int]
    duration_s: _containers.RepeatedScalarFieldContainer[int]
    value: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, source_id: _Optional[int] = ..., at_us: _Optional[_Iterable[int]] = ..., duration_s: _Optional[_Iterable[int]] = ..., value: _Optional[_Iterable[float]] = ...) -> None: ...

class GetSourcesRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class GetSourcesResponse(_message.Message):
    __slots__ = ("sources",)
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    sources: _containers.RepeatedCompositeFieldContainer[Source]
    def __init__(self, sources: _Optional[_Iterable[_Union[Source, _Mapping]]] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("source_id", "app", "device", "device_kind", "name", "ignored", "merged_into", "metrics")
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    IGNORED_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    source_id: int
    app: str
    device: str
    device_kind: str
    name: str
    ignored: bool
    merged_into: int
    metrics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, source_id: _Optional[int] = ..., app: _Optional[str] = ..., device: _Optional[str] = ..., device_kind: _Optional[str] = ..., name: _Optional[str] = ..., ignored: _Optional[bool] = ..., merged_into: _Optional[int] = ..., metrics: _Optional[_Iterable[str]] = ...) -> None: ...
