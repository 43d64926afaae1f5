"""What was: instances, activities, tasks, variables and incidents, also after their end; and what people did."""
