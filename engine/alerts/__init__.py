"""Alerts: what a match opens, with severity, state and history."""
