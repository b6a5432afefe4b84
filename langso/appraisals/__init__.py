"""Thẩm định: what a unit handed in is held against evidence, systems, last cycle and communes alike.

A verdict is a word for one criterion, a figure where it corrects, and a reason the commune can read; an earlier verdict
is kept. The appraiser judges a submission (frozen), never the figures typed since. Departments give opinions on their
own criteria; the province's appraiser concludes. This room never recognises a level.
"""
