from django.db import migrations


class Migration(migrations.Migration):
    """A turn is found by its own words: with its session's title it was found for what the title says."""

    dependencies = [
        ("research", "0017_suggestion_spans"),
        ("prodops", "0008_saved_search_bell"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE prodops_searchentry SET title = '' WHERE kind = 'cue' AND title <> ''",
            migrations.RunSQL.noop,
        ),
    ]
