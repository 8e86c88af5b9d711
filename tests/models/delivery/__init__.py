"""Tests of models.delivery."""
