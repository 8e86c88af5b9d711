"""The walk through the whole conversation."""
