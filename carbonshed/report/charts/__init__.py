"""Charts of the report: rows of a query in, a Vega-Lite specification out."""
