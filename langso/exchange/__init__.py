"""Trao đổi dữ liệu: other systems read and write here, by our API, by DHIS2 and by ADX; a province's file of readings.

Every way in ends in the same two actions (figures, readings), is all or nothing, and answers each fault in words with
the path to it. A key acts as its person through the same row-level net as a signed-in page; it reaches no further.
What a state system says is kept beside the self-report, never over it.
"""
