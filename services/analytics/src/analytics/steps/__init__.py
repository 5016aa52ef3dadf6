"""How much a user walks, against the period before."""
