"""Delivery: notifications leave from the outbox to receivers."""
