"""Compiled loops: arrays in, arrays out; the only room with numba."""
