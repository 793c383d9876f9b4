"""EvalForge Runbooks: machine-drafted incident runbooks, reviewed by people."""

__version__ = "0.1.0"
