"""A site of the project's pages; ``make site`` builds it."""
