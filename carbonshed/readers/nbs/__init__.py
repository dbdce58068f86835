"""China's national table, as its statistical office publishes it."""
