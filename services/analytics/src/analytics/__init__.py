"""What does it add up to?

Owns: copies of day summaries, averages and comparisons, insights.
Publishes: insight.found, user.erased. Consumes: user.*, day.summarised.
"""
