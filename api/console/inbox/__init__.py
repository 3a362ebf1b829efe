"""The inbox: what it shows, how it is drawn, and what can be done in it."""
