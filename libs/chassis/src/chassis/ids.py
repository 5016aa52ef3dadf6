"""Ids are made here, before the statement, so that no statement has to return one."""

from contracts.ids import new

__all__ = ("new",)
