"""From event tables to the pieces that are attacked."""

from reid.samples.table import PieceTable, SampleTable

__all__ = ["PieceTable", "SampleTable"]
