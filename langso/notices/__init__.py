"""Thông báo: what a person is told, on the screen and by whatever else the house is set up to send.

A notice is for one person, or for those who hold certain roles at a unit or above it: who that is, is asked when it is
read. It never decides anything, and no work waits for it: a channel that fails is tried again by `langso remind`.
"""
