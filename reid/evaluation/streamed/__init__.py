"""Audit a log of more people than memory holds: a part at a time, and no table of all comparisons."""

from reid.evaluation.streamed.audit import audit_in_parts

__all__ = ["audit_in_parts"]
