"""What a turn asks of the register, and what it answers: data only, in the file of who asks."""
