"""Sleep: nights made of stages, each on the date of waking."""
