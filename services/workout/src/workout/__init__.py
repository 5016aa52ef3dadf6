"""What did you train?

Owns: exercises, routines, workouts with their recordings, streams, sets and edits, thresholds, gear, imports.
Publishes: workout.logged.v1, workout.changed.v1, workout.deleted.v1, record.set.v1, import.part-finished.v1,
user.erased.v1. Consumes: user.registered.v1, user.updated.v1, user.deleted.v1, import.part-found.v1, import.undone.v1.
"""
