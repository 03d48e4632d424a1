"""Everything behind login: Django's admin under the name of the site, with pages of our own (see `register`)."""
