"""What a turn asks of the register, carried out: one module for each who asks."""
