"""Public pages kept as they were rendered. Unlogged: losing them in a crash costs one rendering each."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL(
            """
            create unlogged table dashboards_keptpage (
                key bytea primary key, stamp bigint not null, body bytea not null, kept_at timestamptz not null default now()
            );
            create sequence dashboards_stamp;
            """,
            "drop table dashboards_keptpage; drop sequence dashboards_stamp",
        )
    ]
