"""Khung tiêu chí: published editions as data, and the pure engine that judges whole columns of units by them.

A framework file reads like the decision it came from. `reading` turns it into a frozen `Edition`; `table`
holds what is known of the units; `engine.judge` compares the two and keeps, for every criterion and unit,
the level that is proven and the level that could still be reached; `reasons` says why in Vietnamese.

This room never invents a figure (absent is unknown, never zero), never changes an issued edition, never
asks a database.
"""
