"""Template tags of the pages and mails of readers."""
