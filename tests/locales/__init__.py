"""Tests of the texts and of the small catalogue that finds them."""
