"""What a project (a root instance with all below it) looks like: steps, schedule, instalments, what is released."""
