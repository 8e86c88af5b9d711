"""The web chat: its door, its gate, its page."""
