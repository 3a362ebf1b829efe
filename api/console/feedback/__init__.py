"""The page of feedback: searched, looked at, and tried."""
