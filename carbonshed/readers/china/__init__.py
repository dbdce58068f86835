"""China's tables of cities, provinces and the nation, and CEADs' inventories."""
