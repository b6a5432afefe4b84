"""The shared cache that rate limits count in. Unlogged: losing it in a crash costs nothing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL(
            """
            create unlogged table web_cache (
                cache_key varchar(255) primary key, value text not null, expires timestamptz not null
            );
            create index web_cache_expires on web_cache (expires);
            """,
            "drop table web_cache",
        )
    ]
