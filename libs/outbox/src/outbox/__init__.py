"""Transactional outbox and inbox: publish after commit, act once, lose nothing."""

from outbox.bell import Bell
from outbox.consumers import Consumers
from outbox.inbox import erase, unseen
from outbox.relay import Relay
from outbox.store import add

__all__ = ("Bell", "Consumers", "Relay", "add", "erase", "unseen")
