"""The edge: every door, and the wiring."""
