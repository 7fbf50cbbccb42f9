"""The ``reid`` command: the only room that prints."""
