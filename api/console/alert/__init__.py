"""What the page of an alert is made of."""
