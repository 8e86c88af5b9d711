"""Pure values and lists: NIK, phone, regions, occupations, reason codes."""
