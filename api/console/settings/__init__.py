"""What the settings page is made of: a module for each of its sections, and what they share."""
