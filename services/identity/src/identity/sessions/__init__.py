"""Logins and the tokens they give."""
