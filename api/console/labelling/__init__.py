"""Labelling: what is worth labelling next, sentence by sentence, until it is a version of a data set."""
