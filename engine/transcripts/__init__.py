"""Transcripts of speech become parts."""
