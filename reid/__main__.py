"""``python -m reid``: the command, for where its script is not on the path."""

from reid.cli.main import main

main()
