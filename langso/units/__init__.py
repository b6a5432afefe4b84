"""Đơn vị hành chính: provinces, districts (until 30/06/2025) and communes, as they were on each day.

A unit is an identity. Its name, kind, code, parent and region class are facts with days and a document; a code was
reused by another unit in the reform of 2025, so a code means nothing without its day. `Succession` ties a unit to what
it became; `Reach` is the closure of "is below" and "has absorbed", by day, which rights follow.

This room never judges a unit and never deletes one.
"""
