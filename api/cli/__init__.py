"""The command line: `heedful`."""

from api.cli.main import main

__all__ = ["main"]
