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
