"""Splits, comparisons and attacks: from a log to a report of how surely people are recognised."""
