"""Tests of the messengers, each by real-form payloads and an emulated service."""
