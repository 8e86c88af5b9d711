"""Pure. What a person may ask for at every step."""
