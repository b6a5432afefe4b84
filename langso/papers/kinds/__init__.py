"""One file a kind of paper: plain facts in, a `Paper` out.

Who issues it, its number and day, who signs and who receives it are arguments everywhere, because they are decisions of
an office. Laws and decisions are cited only as they are handed in.
"""
