"""Whether every service is fit to serve."""
