"""What can be searched: for each noun its fields, and which of its rows an actor may know of."""
