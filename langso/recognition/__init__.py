"""Công nhận: from a concluded appraisal to a decision that stands, and the register that anyone may read.

A council meets in sessions and votes; counting decides, nobody types a result. The papers are drafted here and signed
outside. A recognition begins when the signed decision is back with its number and day, never before. What was
recognised is kept as it was: a revocation or a newer decision only ends its days.
"""
