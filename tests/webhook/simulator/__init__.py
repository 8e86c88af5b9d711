"""The demo's simulator."""
