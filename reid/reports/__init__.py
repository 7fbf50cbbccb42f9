"""One audit as a page to read and as JSON to compute with."""
