"""Walks through a running copy in Chromium: a server of its own, a database of its own, the demo country."""
