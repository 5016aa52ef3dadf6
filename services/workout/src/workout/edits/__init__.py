"""Changes to what was recorded that can be taken back."""
