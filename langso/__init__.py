"""Làng Số: from the household visit to the national decision that recognises a commune's level."""

__version__ = "0.3.0"
