"""Tests of the worker's registration."""
