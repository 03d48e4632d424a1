"""Publishing: check and publish, the page after it, withdraw, undo and redact."""
