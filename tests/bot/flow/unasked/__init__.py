"""What is said without having been asked."""
