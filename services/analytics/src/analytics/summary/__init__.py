"""Where every metric of a user stands now."""
