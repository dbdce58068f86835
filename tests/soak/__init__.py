"""Inputs spoiled at random, and commands killed at random; see docs/reliability.md."""
