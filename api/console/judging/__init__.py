"""What the models page shows and does: which models there are, how good they are, and how two of them differ."""
