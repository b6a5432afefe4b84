"""Tổ công nghệ số cộng đồng: who helps in which village, since when, by which decision.

A village has one team a day; a member has a role and a term. Gaps are named, not averaged away. Allowances are computed
from dated rates with their resolution, and a list that was approved is frozen. The room never ranks people, only teams,
and never by the number of visits alone.
"""
