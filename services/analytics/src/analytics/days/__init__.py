"""The copy of health's day summaries, from which everything here is computed."""
