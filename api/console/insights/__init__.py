"""Insights and coaching, as pages show them: figures in words, charts and tables, with the verbatims behind each."""
