"""The alert engine: feedback, readings, rules, alerts, delivery and the store."""
