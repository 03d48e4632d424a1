"""The site looked at from outside: a site of its own, every type of page, and one module for each question.

`python -m tests.audit --help` tells how to ask. Nothing here runs with the tests: it takes minutes.
"""
