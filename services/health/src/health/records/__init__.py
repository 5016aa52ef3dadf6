"""Health records: what a person enters, several metrics at once."""

from health.records import http, store

__all__ = ("http", "store")
