"""Plans to repeat: days of exercises with targets, and rules by which the targets grow."""
