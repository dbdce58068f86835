"""The report: a static site for people who look, made from the marts alone."""
