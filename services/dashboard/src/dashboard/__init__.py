"""Dashboard: what you see.

Owns: the pages. Publishes: user.erased. Consumes: user.*.
"""
