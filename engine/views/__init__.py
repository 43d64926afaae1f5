"""What is looked at: the inbox, histories, searches."""
