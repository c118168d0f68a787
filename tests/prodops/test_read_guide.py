import re

import pytest
from django.urls import reverse

from prodops.views.guide import FOLDER

pytestmark = pytest.mark.django_db


def test_every_page_of_the_guide_opens_and_every_link_leads_somewhere(as_, submitter):
    client, linked = as_(submitter), {}
    for file in FOLDER.glob("*.md"):
        page = client.get(reverse("guide_page", args=[file.stem]))
        assert page.status_code == 200
        links = re.findall(r'(?:href|src)="(/guide/[^"#]*)', page.content.decode())
        linked |= dict.fromkeys(links, file.name)
        shown = re.findall(r'<img [^>]*src="([^"]*)"', page.content.decode())
        assert len(shown) == file.read_text(encoding="utf-8").count("![")
    for link, name in linked.items():
        assert client.get(link).status_code == 200, f"{name} links to {link}"


def test_an_unknown_page_is_not_found(as_, submitter):
    assert as_(submitter).get("/guide/no-such-page/").status_code == 404
    assert as_(submitter).get("/guide/images/no-such-picture.png").status_code == 404
