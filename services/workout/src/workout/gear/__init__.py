"""Gear: bikes, shoes and components, with what they have done by the workouts they were used in."""
