"""A user's scenarios: what they may name, and how they are read."""
