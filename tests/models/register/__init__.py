"""Tests of models.register."""
