"""Pure: what a person's sentence means at the pending question."""
