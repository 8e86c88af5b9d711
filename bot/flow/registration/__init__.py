"""Pure. The worker's registration, from greeting to sending."""
