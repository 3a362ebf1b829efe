"""What feedback says taken together: searched, counted over time, compared, and told with how sure it is."""
