"""Số liệu: figures reported by communes, each with its counts, day, source and paper.

A figure is entered once for a unit, a measure and a period, and answers every framework that asks for that measure.
Nothing is overwritten: a corrected figure stands beside the one it replaced. Absent is unknown, never zero.
"""
