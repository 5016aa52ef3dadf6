"""Workouts, which another service keeps: what they add to a day is a sample like any other."""
