"""Minh chứng: the papers and photos that stand behind a figure, each entered once and cited wherever it is needed.

A document is known by its number, symbol, issuer and day; a photo by its bytes and what it shows. One piece of evidence
may be cited by many criteria, frameworks and periods of its unit. What is wrong is withdrawn with a reason, never
deleted. A file or a photo that another place has used too is noticed and shown to those who appraise: it is a question,
not an accusation, and the room never blocks, scores or hides anything because of it.
"""
