"""The whole life of an application, against real processes and emulated messengers."""
