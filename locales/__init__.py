"""Every text, by key and language."""
