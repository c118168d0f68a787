"""The guide of docs/guide/, readable inside the product."""

import re
from functools import cache

from django.conf import settings
from django.http import FileResponse, Http404
from django.urls import reverse
from django.views.decorators.http import require_GET

from prodops import text
from prodops.access import Can, access
from prodops.http import render_page

FOLDER = settings.BASE_DIR / "docs" / "guide"
IMAGES = settings.BASE_DIR / "docs" / "images"
_IMAGE = re.compile(r"\]\(\.\./images/([a-z0-9-]+)\.png\)")
_LINK = re.compile(r"\]\(([a-z0-9-]+)\.md(#[a-z0-9-]*)?\)")


@cache
def _pages():
    """{slug: (title, HTML)} of every page; they change with a release only."""
    pages = {}
    for file in sorted(FOLDER.glob("*.md")):
        source = file.read_text(encoding="utf-8")
        title, _, body = source.partition("\n")
        linked = _LINK.sub(lambda found: f"](/guide/{found[1]}/)", body)
        shown = _IMAGE.sub(lambda found: f"]({reverse('guide_image', args=[found[1]])})", linked)
        pages[file.stem] = (title.lstrip("# ").strip(), text.markdown(shown, pictures=True))
    return pages


@access(Can.USE_WORKSPACE)
@require_GET
def guide(request, page="index"):
    if page not in _pages():
        raise Http404("The guide has no such page.")
    title, html = _pages()[page]
    others = [(slug, name) for slug, (name, _) in _pages().items() if slug != "index"]
    context = {"title": title, "html": html, "others": others, "slug": page}
    return render_page(request, "prodops/guide.html", context)


@access(Can.USE_WORKSPACE)
@require_GET
def image(request, name):
    """A picture that a page of the guide shows."""
    if name not in {file.stem for file in IMAGES.glob("*.png")}:
        raise Http404("The guide has no such picture.")
    response = FileResponse((IMAGES / f"{name}.png").open("rb"), content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400"
    return response
