"""What recognisers write, one module each."""
