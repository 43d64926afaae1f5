"""Running instances moved to another version of their definition: planned, tried, moved one by one or many, undone."""
