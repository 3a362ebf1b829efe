"""The editor of rules: a form and the text side by side, each following the other."""
