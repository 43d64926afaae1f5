"""What runs: instances, their tasks, jobs, messages, incidents, workers outside; one transaction a step."""
