"""The flow, pure: a conversation and a message in, a turn out."""
