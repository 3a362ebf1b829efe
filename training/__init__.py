"""From labelled feedback to a judged model artifact."""
