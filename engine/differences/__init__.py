"""What is different between two versions of a process and the files deployed with it, in plain language."""
