"""Văn bản: the documents that facts and frameworks cite.

A document is known by number, issuer and day. This room never holds the law's text as a whole; it keeps the clauses
that made a unit, because the people of that unit ask for them.
"""
