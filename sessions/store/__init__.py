"""SQLite: the only I/O of this package."""
