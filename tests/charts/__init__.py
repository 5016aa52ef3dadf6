"""The charts, rendered; no cluster needed."""
