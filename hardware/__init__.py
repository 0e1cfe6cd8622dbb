"""One device per file, each driven by its real library; importing any of it works off a Pi."""
