"""The figures of `make bench`, each beside stock SpiffWorkflow where that has one."""
