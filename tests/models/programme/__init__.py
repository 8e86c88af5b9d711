"""Tests of models.programme."""
