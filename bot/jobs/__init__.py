"""Work of our own that waits in the outbox."""
