"""All data out: single workouts as GPX, TCX or JSON, everything as an archive; and the reader of what we wrote."""
