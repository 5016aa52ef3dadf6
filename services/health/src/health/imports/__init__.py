"""Imports: files of other trackers, read into samples, and taken back when wanted."""
