"""What came in: heard, answered when it was a question, offered back when it was only near, and never missed for long."""
