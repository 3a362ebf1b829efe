"""The shelf: the published rules of a store, each in all its versions."""
