"""A service of one table, for testing the frame with."""
