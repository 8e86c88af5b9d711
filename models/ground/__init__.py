"""The store, sealed values, the audit chain: what every table stands on."""
