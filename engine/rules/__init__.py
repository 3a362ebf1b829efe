"""Rules: loaded from strict YAML, evaluated on three values, explained."""
