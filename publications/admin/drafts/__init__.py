"""Drafts: their list and form, autosave, previews, suggestions, bulk actions."""
