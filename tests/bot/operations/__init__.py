"""Tests of what a turn asks of the register."""
