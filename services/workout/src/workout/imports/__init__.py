"""Imports: files of devices and apps, read into recordings, and taken back when wanted."""
