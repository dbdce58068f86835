"""What readers of several publishers share: cells, labels, totals, imports."""
