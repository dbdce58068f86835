"""Writers of published layouts: a system in, a file as its publisher lays it out."""
