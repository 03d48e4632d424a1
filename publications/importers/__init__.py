"""Files of other programs become manuscripts, and manuscripts drafts: one intake, one report.

Callers name the module. Nothing is imported here, as worker processes import `importers.markdown` before Django is set
up.
"""
