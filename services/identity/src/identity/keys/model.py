"""When a signing key signs, and how long it is published."""

from datetime import timedelta

AT_ONCE = timedelta(0)
PUBLISHED_BEFORE = timedelta(minutes=15)
"""A new key waits so long before it signs: every verifier asks for the keys again after 10 minutes at most."""
PUBLISHED_AFTER = timedelta(minutes=15)
"""A key that signs no more stays published until its last token (10 minutes, 30 s leeway) has expired."""
