"""What was recorded second by second: kept small, measured, shown."""
