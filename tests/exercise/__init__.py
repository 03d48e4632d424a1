"""The site under load and in trouble, on servers of its own: `python -m tests.exercise --help`."""
