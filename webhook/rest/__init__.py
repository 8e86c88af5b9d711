"""The REST interface `/v1` for programs."""
