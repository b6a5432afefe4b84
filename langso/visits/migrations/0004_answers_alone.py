"""What was answered before answers were kept becomes the first of them; what only the last answer said is gone."""

from django.db import migrations

# One that waits again although it was answered: what one team could not do was handed over to another.
KEPT = """
update visits_helprequest set answers = jsonb_build_array(jsonb_build_object(
    'result', case state when 'open' then 'cannot' else state end, 'text', answer, 'on', answered_on,
    'at', answered_at, 'member', answered_by_id, 'person', answered_by_person_id, 'helped', was_helped
))
where answers = '[]' and answered_at is not null and erased_at is null
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0003_answers")]

    operations = [
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        *(
            migrations.RemoveField(model_name="helprequest", name=name)
            for name in ("answer", "answered_on", "answered_by", "answered_by_person")
        ),
    ]
