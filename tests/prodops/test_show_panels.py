import pytest

from prodops import panels
from prodops.panels import Panel


@pytest.mark.django_db
def test_a_panel_is_drawn_not_spelled_out(as_, member, monkeypatch):
    monkeypatch.setitem(
        panels._renderers["home"], "test", (1, lambda request, subject: Panel("t", "T", "<b>x</b>"))
    )
    assert "<b>x</b>" in as_(member).get("/").content.decode()


@pytest.mark.django_db
def test_a_panel_with_nothing_to_say_is_left_out(as_, member, monkeypatch):
    monkeypatch.setitem(panels._renderers["home"], "test", (1, lambda request, subject: None))
    assert "panel-test" not in as_(member).get("/").content.decode()
