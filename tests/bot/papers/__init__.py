"""Tests of files read and written."""
