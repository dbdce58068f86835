"""Tables from where they are freely served."""
