"""Tests of what an association refers."""
