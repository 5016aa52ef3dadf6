"""What did a body or a device report?

Owns: health records, day summaries, the metric catalogue. Publishes: sample.recorded.v1, day.summarised.v1,
user.erased.v1. Consumes: user.registered.v1, user.updated.v1, user.deleted.v1.
"""
