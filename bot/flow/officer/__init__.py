"""Pure. The officer's conversation."""
