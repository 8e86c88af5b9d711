"""Emulated outside services, strict about their published rules, on real sockets."""
