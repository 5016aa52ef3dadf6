"""What did a body or a device report?

Owns: the metric catalogue, sources and priorities, samples, day summaries, health records, imports. Publishes:
sample.recorded.v1, day.summarised.v1, import.finished.v1, user.erased.v1. Consumes: user.registered.v1,
user.updated.v1, user.deleted.v1.
"""
