"""Drafts: their list and form, what is typed and not saved, previews, suggestions, many at once."""
