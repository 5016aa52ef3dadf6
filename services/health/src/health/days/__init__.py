"""Days: what each metric comes to on a user's local date."""
