"""The frame every service is bolted to: settings, database, problems, tokens, probes, metrics, messages."""

from chassis.main import main
from chassis.service import KnownUsers, Runtime, Service

__all__ = ("KnownUsers", "Runtime", "Service", "main")
