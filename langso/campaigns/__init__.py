"""Chiến dịch: what a province or a commune asks the teams to guide this season, with the words to say and a target.

A campaign has topics, days, scripts that are read or read aloud at the door, and the share of households it aims at.
What was reached is never typed here: it is counted from the visits.
"""
