"""What came in, understood or kindly not."""
