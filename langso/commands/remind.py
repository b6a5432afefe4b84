"""`langso remind`: what the day asks people to be told, what still waits to be sent, what phones sent too early."""

import argparse
import threading
import time
from collections.abc import Callable
from datetime import date, datetime

from langso.host.progress import Progress

NAME = "remind"
HELP = "nhắc hạn các đợt đánh giá và gửi lại những thông báo chưa gửi được"
FROM_HOUR = 7  # in Việt Nam: nobody is reminded at night
ROUND_SECONDS = 60


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commit", action="store_true", help="ghi và gửi; không có thì chỉ liệt kê")


def run(args: argparse.Namespace) -> int:
    from langso.commands.house import open_house

    with open_house(say=Progress()):
        from django.utils import timezone

        at = timezone.now()
        if not args.commit:
            lines = planned(at)
            for line in lines:
                print(line)
            print(f"Hôm nay có {len(lines)} lời nhắc. Thêm --commit để ghi và gửi.")
            return 0
        told, sent, failed = do(at)
        again = f" {failed} lượt chưa gửi được, lần sau gửi lại." if failed else ""
        print(f"Đã nhắc {told} việc, gửi {sent} lượt.{again}")
        return 0


def planned(at: datetime) -> list[str]:
    """The reminders of the day, one a line."""
    from django.db import transaction

    from langso.assessments import reminding
    from langso.lib.period import day_of
    from langso.people.permits import enter_as_machine

    with transaction.atomic():
        enter_as_machine(on=day_of(at))
        return [f"{r.text} [{', '.join(role.label for role in r.roles)}]" for r in reminding.plan(day_of(at))]


def do(at: datetime) -> tuple[int, int, int]:
    """Remind and send: reminders of the day, messages sent, messages that failed and wait."""
    from django.db import transaction

    from langso.assessments import reminding
    from langso.fieldwork import receiving, sealing
    from langso.lib.period import day_of
    from langso.notices.actions import send_waiting
    from langso.people.permits import enter_as_machine
    from langso.visits import erasing

    with transaction.atomic():
        enter_as_machine(on=day_of(at))
        told = reminding.remind(at=at)
    # Each duty in its own transaction: one that fails keeps no other from being done, and is told at the end.
    failures: list[Exception] = []
    for duty in (receiving.force_overdue, erasing.erase_old_requests, sealing.seal):
        try:
            with transaction.atomic():
                enter_as_machine(on=day_of(at))
                duty(at=at)
        except Exception as error:  # noqa: BLE001  raised below
            failures.append(error)
    sent, failed = send_waiting(at=at)
    if failures:
        raise failures[0]
    return told, sent, failed


def keep_reminding(stop: threading.Event, *, say: Callable[[str], None]) -> threading.Thread:
    """Beside a running house: reminders once a day from seven, waiting messages every minute, until `stop` is set."""

    def work() -> None:
        from django.db import connections
        from django.utils import timezone

        done: date | None = None
        while not stop.wait(ROUND_SECONDS):
            try:
                done = a_round(timezone.now(), done)
            except Exception as error:  # noqa: BLE001  the house goes on; the next round tries again
                say(f"Chưa nhắc hạn được lúc này ({type(error).__name__}), lát nữa thử lại.")
                time.sleep(ROUND_SECONDS)
            finally:
                connections.close_all()

    thread = threading.Thread(target=work, name="remind", daemon=True)
    thread.start()
    return thread


def a_round(at: datetime, done: date | None) -> date | None:
    """One round at a moment; `done` is the day that has been reminded already. Returns the new one."""
    from langso.fieldwork import sealing
    from langso.lib.period import VIETNAM, day_of
    from langso.notices.actions import send_waiting

    if day_of(at) != done and at.astimezone(VIETNAM).hour >= FROM_HOUR:
        do(at)
        return day_of(at)
    sealing.seal(at=at)
    send_waiting(at=at)
    return done
