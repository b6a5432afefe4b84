"""Theo dõi: who has not started, who is late, what is doubtful, how each criterion looks, ranks, movement, reports.

Reads what other rooms keep; writes nothing. A rank is shared by equals and leaves a gap after them; movement across
editions is shown and marked as not comparable. The report of a closed cycle is the same to the byte each time.
"""
