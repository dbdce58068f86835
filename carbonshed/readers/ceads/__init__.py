"""Tables of CEADs, and the names that Chinese tables share."""
