"""Tests of the officer's conversation."""
