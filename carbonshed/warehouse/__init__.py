"""What is on its way out: the swap of build files."""
