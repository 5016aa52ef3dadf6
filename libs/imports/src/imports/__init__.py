"""One door for files: upload into an object store, a queue in the database, work that resumes, undo."""

from imports.broken import Broken

__all__ = ("Broken",)
