"""What is read from and written as files: lists, cards, copies, codes."""
