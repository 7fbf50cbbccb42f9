"""What people did: the event table, the formats it is read from, and the files it is written to."""
