"""`make bench-ktp`: how well, how fast and with how much memory KTP photos are read, beside other ways, in one run."""
