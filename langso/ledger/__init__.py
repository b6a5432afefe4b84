"""Nhật ký: who did what, where, when and why.

Lines are only ever added. The application has no right to write the table: it calls one function of the database, which
chains each line to the one before by its hash, so that a changed or missing line shows.
"""
