"""A walk through the whole conversation, and the page drawn from what it finds."""
