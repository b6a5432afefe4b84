"""Lượt đến hộ, buổi hướng dẫn, yêu cầu giúp, kiểm tra lại: the work of the teams, written once and counted once.

A correction is a new row that names the old one. Two records of one household on one day by two people are both kept
until a person chooses. Tallies are kept with each visit, measures are read from them; a number can be followed back to
the visits behind it. The room never counts what nobody was guided in.
"""
