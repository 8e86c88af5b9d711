"""The conversation: what is said, understood and answered, and how it travels."""
