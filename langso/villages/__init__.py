"""Thôn, bản, ấp, tổ dân phố, and the households in them: where the work of the teams is done.

A village belongs to a commune and has days; merged villages name what they went into. Of a household is kept who heads
it, how many live there, what they can and what they need from the programme's list, and whether they agreed to it: no
more personal data than that. Every change is a version; two that disagree are both kept until a person chooses. The
list of topics of the programme (`topics.py`) stands here because needs and visits both speak in it.
"""
