"""People made by the computer: some of whom all is known that an attack can find out, some who look real."""
