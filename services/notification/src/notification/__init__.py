"""Notification: what should you be told.

Owns: notifications, contact addresses. Publishes: notification.sent, user.erased.
Consumes: user.*, user.contact-changed, sample.recorded, import.finished, insight.found.
"""
