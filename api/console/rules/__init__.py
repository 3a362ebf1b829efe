"""What the pages of rules are made of: the list, one rule, its versions, and its future."""
