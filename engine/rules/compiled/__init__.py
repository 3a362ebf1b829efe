"""The parts of the compiled index: its nodes as rows of bits over a batch of cases."""
