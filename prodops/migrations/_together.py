"""Tables that are made together."""

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Several operations as one, so that the models are rendered once and not anew after each of them.

    Django renders every related model again for each table, constraint and trigger that it adds, which for
    two hundred connected tables takes minutes (docs/adr/0015). Fit for what only adds: each operation sees
    the models as all of them together leave them, so a table is made with all its columns at once.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # rendered again when next asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):  # of each, all the others are there still
            operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self):
        return f"Make {len(self.operations)} things together"
