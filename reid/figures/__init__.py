"""Finished numbers onto given axes, in one style for screen and print."""
