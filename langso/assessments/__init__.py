"""Đánh giá: a unit judged by an edition for a period.

The commune reports figures and sees where it stands; publishing freezes edition, readings and findings as they were, in
words, so that the result can be shown and judged again years later. What is published is never changed: a later
publication takes its place and both are kept.

Cycles, appraisal and recognition come on top of this; this room never recognises a level.
"""
