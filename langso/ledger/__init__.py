"""Nhật ký: who did what, where, when and why.

Lines are only ever added. The application has no right to write the table: it calls one function of the database,
which chains each line to the one before by its hash, so that a changed line, or one missing in the middle, shows.

What the chain cannot show: that its last lines were cut off, or that whoever owns the database wrote all of it anew.
For that the last hash of each book must be kept elsewhere (`langso ledger anchor`) and compared (`langso ledger
verify --against`): then everything up to that line is held.
"""
