"""Understanding text: the only place with weights."""
