"""`python -m pmcs`."""

from pmcs.cli.main import main

main()
