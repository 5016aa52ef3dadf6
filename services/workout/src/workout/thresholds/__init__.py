"""What zones and load are reckoned from, and the circles that hide where a user lives."""
