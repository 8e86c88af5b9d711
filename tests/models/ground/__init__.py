"""Tests of models.ground."""
