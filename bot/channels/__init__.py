"""The messengers: their types in, ours out; what each can do is data."""
