"""Speech: what was said in a recording, with times and how surely it was heard."""
