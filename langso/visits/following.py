"""Requests go with the teams: what nobody stands for any more goes to the team that now serves the village."""

from datetime import date

from django.db import connection

from langso.teams.network import FOLLOWERS

_FOLLOW = """
update visits_helprequest r set team_id = s.team_id
from teams_teamvillage s join teams_team t on t.id = s.team_id and t.valid @> %(on)s::date
where r.unit_id = %(unit)s and r.state in ('open', 'more') and s.village_id = r.village_id and s.valid @> %(on)s::date
  and r.team_id is distinct from s.team_id
  and not exists (select from teams_team o where o.id = r.team_id and o.valid @> %(on)s::date)
"""


def follow_team(unit: int, on: date) -> None:
    """A waiting request without a team, or of a team that is gone, goes to the team of its village, where there is one.

    One that was handed to a standing team stays there. Cost: one statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"unit": unit, "on": on})


FOLLOWERS.append(follow_team)
