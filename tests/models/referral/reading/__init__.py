"""Reading lists of members."""
