"""What readers open: editions of the marts, and what is known of them."""
