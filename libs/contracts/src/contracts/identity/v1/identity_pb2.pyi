import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetUserRequest(_message.Message):
    __slots__ = ("user_id", "username")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    username: str
    def __init__(self, user_id: _Optional[str] = ..., username: _Optional[str] = ...) -> None: ...

class GetUsersRequest(_message.Message):
    __slots__ = ("user_ids",)
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetUsersResponse(_message.Message):
    __slots__ = ("users",)
    USERS_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[User]
    def __init__(self, users: _Optional[_Iterable[_Union[User, _Mapping]]] = ...) -> None: ...

class GetPreferencesRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("user_id", "version", "username", "display_name", "locale", "units", "first_day_of_week", "birth_date", "sex", "height_cm", "zones", "sessions_epoch", "state")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_OF_WEEK_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    SEX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_CM_FIELD_NUMBER: _ClassVar[int]
    ZONES_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_EPOCH_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    version: int
    username: str
    display_name: str
    locale: str
    units: str
    first_day_of_week: int
    birth_date: str
    sex: str
    height_cm: float
    zones: _containers.RepeatedCompositeFieldContainer[ZoneSince]
    sessions_epoch: int
    state: str
    def __init__(self, user_id: _Optional[str] = ..., version: _Optional[int] = ..., username: _Optional[str] = ..., display_name: _Optional[str] = ..., locale: _Optional[str] = ..., units: _Optional[str] = ..., first_day_of_week: _Optional[int] = ..., birth_date: _Optional[str] = ..., sex: _Optional[str] = ..., height_cm: _Optional[float] = ..., zones: _Optional[_Iterable[_Union[ZoneSince, _Mapping]]] = ..., sessions_epoch: _Optional[int] = ..., state: _Optional[str] = ...) -> None: ...

class ZoneSince(_message.Message):
    __slots__ = ("zone", "since")
    ZONE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    zone: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, zone: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Preferences(_message.Message):
    __slots__ = ("units", "locale", "first_day_of_week", "time_zone")
    UNITS_FIELD_NUMBER: _ClassVar[int]
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_OF_WEEK_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    units: str
    locale: str
    first_day_of_week: int
    time_zone: str
    def __init__(self, units: _Optional[str] = ..., locale: _Optional[str] = ..., first_day_of_week: _Optional[int] = ..., time_zone: _Optional[str] = ...) -> None: ...
