"""Tests of the head's conversation."""
