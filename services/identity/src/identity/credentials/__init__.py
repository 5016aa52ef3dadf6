"""Passwords: how they are chosen, kept and checked."""
