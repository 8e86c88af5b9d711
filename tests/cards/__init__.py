"""Drawn KTPs of fictional persons, and photographs of them: for tuning, tests and samples by hand."""
