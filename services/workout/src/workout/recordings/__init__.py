"""Recordings: each source's version of a workout, and what makes one workout of several."""
