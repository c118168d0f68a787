"""Product ops brings in a file of another tool and takes it back, and looks at what came by mail."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.models import Request
from coordination.services import mail_in
from prodops.models import Role
from tests.browser.conftest import PHONE
from tests.coordination.samples_mail import RAW, mailbox
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.browser
FILE = b"""Nr,What,Why,Company,Since
1,Bulk edit of tours,"One by one takes an hour, every day.",Acme,2026-03-01
2,,no title,Acme,2026-03-02
1,Bulk edit of tours,,Globex,2026-03-05
3,Dark colours,At night the screen blinds.,Somebody else,2026-04-01
"""


@pytest.mark.django_db(transaction=True)
def test_product_ops_brings_in_a_file_and_looks_at_mail(walker):
    ops = UserFactory(name="Tomas Brandt", role=Role.PRODUCT_OPS)
    for name in ("Acme", "Globex"):
        CustomerAccountFactory(name=name)
    page = walker.sign_in(ops).open(reverse("coordination:import_new"))
    walker.assert_accessible()
    walker.shot("import-new")
    upload = {"name": "ideas.csv", "mimeType": "text/csv", "buffer": FILE}
    page.get_by_label("CSV or XLSX file").set_input_files(upload)
    page.get_by_label("Where it is from").fill("Old board")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("Say which column is the title.").wait_for()
    for label, column in (("Title", "What"), ("Problem, in their words", "Why"), ("Its id there", "Nr")):
        page.get_by_label(label, exact=True).select_option(column)
        page.wait_for_load_state("networkidle")
    page.get_by_label("Sent on", exact=True).select_option("Since")
    page.get_by_text("It has no title.").wait_for()
    walker.assert_accessible()
    walker.shot("import-preview")
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(300)  # the side bar slides away
    walker.shot("import-preview-phone")
    walker.theme("dark")
    walker.shot("import-preview-phone-dark")
    page.get_by_role("button", name="Import, leave 1 row out").click()
    page.get_by_role("heading", name="ideas.csv").wait_for()
    assert Request.objects.count() == 2
    walker.assert_accessible()
    walker.shot("import-done-dark")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text("Undone by").wait_for()
    assert not Request.objects.exists()

    box = mailbox(ops, host="imap.example.com", error="imap.example.com does not let wishes in.", failures=1)
    mail_in.receive(RAW, channel=box.channel, at=timezone.now())
    away = b"Auto-Submitted: auto-replied\r\n" + RAW.replace(b"Please.", b"I am away.\n\n> Hello\n")
    row, _ = mail_in.receive(away, channel=box.channel, at=timezone.now())
    for name, path in (
        ("mail-channel", box.channel.get_absolute_url()),
        ("mail-list", reverse("coordination:mail_list")),
        ("mail-box", reverse("coordination:mailbox_edit", args=[box.channel.slug])),
        ("mail-detail", row.get_absolute_url()),
    ):
        walker.open(path)
        walker.assert_accessible()
        walker.shot(name)
    page.get_by_role("button", name="Take it all the same").click()
    page.get_by_role("link", name="REQ-").first.wait_for()
    assert Request.objects.count() == 2
