"""`python -m runbooks`: the command line."""

import sys

from runbooks.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
