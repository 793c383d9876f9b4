"""The calls of CONTRACT §3, one file for each prefix."""
