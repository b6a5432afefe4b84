"""Phiếu: one JSON definition of a form, imported from XLSForm, drawn the same on the phone and on the desk.

An issued version never changes. What was filled in by an older version is judged by that version. The room knows
questions, conditions and answers; it does not know what an answer means to another room.
"""
