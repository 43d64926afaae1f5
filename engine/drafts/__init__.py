"""Drafts of processes: working copies of the files of a deployment, changed, checked, rehearsed, approved by a second person, activated."""
