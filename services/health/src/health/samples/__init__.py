"""Samples: what sources measured, kept once, and read back as points, aggregates or shapes."""
