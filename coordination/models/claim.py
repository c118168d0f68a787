"""Who has a request open in triage just now."""

from django.db import models


class Claim(models.Model):
    """`user` is on it until `until`. It keeps nobody out; it tells the others."""

    request = models.OneToOneField("coordination.Request", models.CASCADE, related_name="+")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self):
        return f"{self.user_id} is on {self.request_id}"
