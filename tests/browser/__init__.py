"""A real browser before the real pages."""
