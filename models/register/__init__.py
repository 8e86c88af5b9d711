"""People, consent, applications, cases, cards, officers, associations."""
