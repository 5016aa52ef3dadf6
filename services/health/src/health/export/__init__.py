"""Export: all that this service knows of a user, as a file that any instance can read back."""
