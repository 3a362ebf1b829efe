"""Personal data: what is recognised, and what becomes of it before anything is stored."""
