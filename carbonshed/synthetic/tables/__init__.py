"""The facts the model starts from, one CSV per kind; docs/synthetic.md explains."""
