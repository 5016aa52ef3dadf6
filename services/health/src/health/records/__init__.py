"""Health records: what a person enters, several metrics at once."""
