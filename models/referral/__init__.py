"""What an association refers: its list of members, read, checked, kept in batches, and given back where it needs repair."""
