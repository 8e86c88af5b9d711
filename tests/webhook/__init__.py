"""Tests of the edge: doors, signatures, wiring."""
