"""Alerts and newsletters: what readers subscribe to, and the mails that inform them of it.

The app reads what actions have stored (`publications.models`); no action imports it.
"""
