"""What a user's data adds up to: averages, comparisons, insights.

Owns: copies of day summaries, insights.
Publishes: insight.found, user.erased. Consumes: user.*, day.summarised.
"""
