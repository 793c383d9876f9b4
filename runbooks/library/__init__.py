"""Approved runbooks: what is on the shelf, which revision is served, how it leaves the house."""
