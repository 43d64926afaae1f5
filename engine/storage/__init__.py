"""The database: tables, transactions, the chain of the history, copies."""
