"""The catalogue: every metric that can be stored, its canonical unit, and how others call it."""
