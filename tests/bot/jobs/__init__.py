"""Tests of work that waits in the outbox."""
