"""How golden conversations are written, played and compared; the conversations themselves are text files."""
