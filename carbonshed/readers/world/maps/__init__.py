"""Maps from the labels of a format to the vocabularies of the contract."""
