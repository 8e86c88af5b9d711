"""The programme that pays: decree, quota, coverage."""
