"""Downloads of tables that are freely served."""
