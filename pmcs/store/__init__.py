"""The records directory: files, git, lock, index and vault, joined by the facade in `store`."""
