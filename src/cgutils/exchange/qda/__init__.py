"""Codebooks for, and coded segments from, programs for qualitative data analysis."""
