"""Tests of the pure values and lists."""
