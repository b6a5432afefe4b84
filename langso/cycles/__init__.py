"""Đợt đánh giá: a province or the ministry asks units to be judged by one edition, with a calendar.

A cycle names edition, units, period of figures, the last days of each stage, who verifies which criteria (sở, ngành),
how a council decides, and what is asked beside the criteria. It never holds figures, and a closed one never changes.
The units' own files are assessments (`langso.assessments`), one for each unit, made when the cycle is opened.
"""
