"""Knows who someone is.

Owns: users, credentials, sessions, signing keys, the erasure ledger. Publishes: user.registered, user.updated,
user.contact-changed, user.deleted. Consumes: user.erased.
"""
