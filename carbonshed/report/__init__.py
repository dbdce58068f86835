"""The report: a static site of pages with charts, made from the marts alone."""
