"""Tests of the reading of KTP photos."""
