"""What is counted begins anew with its span, or with each try."""

from datetime import UTC, datetime, timedelta

from django.core.cache import cache

from langso.people.tries import count_try, tried

LAST_SECOND = datetime(2026, 11, 20, 2, 4, 59, tzinfo=UTC)  # of a span of five minutes
NEXT = LAST_SECOND + timedelta(seconds=2)


def test_a_span_that_is_over_counts_no_more_and_a_renewed_one_goes_on(db: None) -> None:
    cache.clear()
    for renewed in (False, True):
        assert [count_try("ai", seconds=300, at=LAST_SECOND, renewed=renewed) for _ in range(3)] == [1, 2, 3]

    assert tried("ai", seconds=300, at=NEXT) == 0
    assert tried("ai", seconds=300, at=NEXT, renewed=True) == 3
    assert tried("khác", seconds=300, at=LAST_SECOND) == 0
