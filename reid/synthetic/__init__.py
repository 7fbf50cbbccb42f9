"""People made by the computer, of whom everything is known that an attack can find out."""
