"""Problems, as pages show them: the list, what may be one, and one from its first alert to its end."""
