"""Alerts and newsletters: what readers have asked for, and the mails that tell them of it.

The app reads what actions have stored (`publications.models`); no action imports it.
"""
