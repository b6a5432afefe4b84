"""Người và quyền: accounts, posts, the one table of roles, and the door every page goes through.

A right reaches a unit and everything below it, and what that unit has absorbed. The door (`@desk`) says who; rules say
whether a thing is possible now. What you may not touch does not exist for you.
"""
