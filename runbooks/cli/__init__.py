"""The command line: one file for each group of commands; see `python -m runbooks --help`."""
