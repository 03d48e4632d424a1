"""Accounts of the people who work at the desk: sign-in, its limits, and the events of every account."""
