"""Templates, the files they link to, and how pages are sent."""
