"""Lists of China's provinces and sectors."""
