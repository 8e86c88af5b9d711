"""Pure. The conversation of an association's head."""
