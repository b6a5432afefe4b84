"""Readings over places and time, for everyone: the home page, a place, the country; CSV beside every table.

Only what has been published is read here. The pages cost a stranger no session and no account.
"""
