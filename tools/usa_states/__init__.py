"""What the shipped states are made from."""
