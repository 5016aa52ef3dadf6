"""Findings in a user's data, each with the figures it rests on; never advice, never a diagnosis."""
