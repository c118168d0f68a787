from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """Built beside the work that goes on: on a large table an index takes minutes."""

    atomic = False
    dependencies = [("coordination", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "request", GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="request_title_parts")
        ),
        AddIndexConcurrently(
            "request", GinIndex(OpClass(Upper("problem"), "gin_trgm_ops"), name="request_problem_parts")
        ),
    ]
