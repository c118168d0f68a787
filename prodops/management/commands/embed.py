"""Makes the vectors that search by meaning needs, here and now rather than in the background."""

import time

from django.core.management.base import BaseCommand, CommandError

from prodops import meaning
from prodops.services import embedding


class Command(BaseCommand):
    help = "Makes every missing vector of the search index; --again makes all of them anew."

    def add_arguments(self, parser):
        parser.add_argument("--again", action="store_true", help="forget the vectors there are")

    def handle(self, *args, again, **options):
        if meaning.model() is None:
            raise CommandError("The model can't be loaded, or MEANING=0 switches it off; see the log above.")
        if again:
            embedding.forget()
        began, done = time.monotonic(), 0
        while number := embedding.embed_batch():
            done += number
            if done % (64 * embedding.BATCH) == 0:
                self.stdout.write(f"  {done:,} done, {embedding.left():,} left")
        self.stdout.write(f"{done:,} vectors in {time.monotonic() - began:.1f} s.")
