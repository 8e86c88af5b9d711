"""What came in, what goes out, how fast, and where each talk stands."""
