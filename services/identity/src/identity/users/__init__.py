"""Who someone is, and how they like to see things."""
