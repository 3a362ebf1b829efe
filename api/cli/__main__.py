"""`python -m api.cli` is `heedful`."""

from api.cli.main import main

main()
