"""What was trained: workouts with their sets, made of what users say and of what was recorded."""
