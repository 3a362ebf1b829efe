"""The store: everything that must survive, in one transaction a batch."""
