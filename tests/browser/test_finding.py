from tests.factories.prodops import CustomerAccountFactory, UserFactory


def test_a_comment_with_a_mention_by_keyboard_and_a_file(walker, member, tmp_path):
    maya = UserFactory(name="Maya Lindqvist", job_title="Senior product manager")
    account = CustomerAccountFactory(name="Hartmann Logistik")
    page = walker.sign_in(member).open(account.get_absolute_url())
    page.get_by_label("Your comment").focus()
    page.keyboard.type("Could you look at this, @may")
    page.get_by_role("option", name="Maya Lindqvist").wait_for()
    walker.shot("talk-mention")
    page.keyboard.press("Enter")
    page.keyboard.type("please?")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.get_by_text("Could you look at this").wait_for()
    assert page.get_by_label("Your comment").input_value() == ""
    page.locator("#comment-body").fill("**Second** thought:\n\n- one\n- two")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.locator(".comment").nth(1).wait_for()
    page.locator(".comment").nth(1).get_by_text("Edit").click()
    page.locator("#edit-body").fill("Changed")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("edited").wait_for()
    bad = tmp_path / "drawing.svg"
    bad.write_text("<svg/>")
    page.get_by_label("Files to attach").set_input_files(bad)
    page.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_text("can't be attached").wait_for()
    good = tmp_path / "notes.txt"
    good.write_text("hello")
    page.get_by_label("Files to attach").set_input_files(good)
    page.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_role("link", name="notes.txt").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="notes.txt").click()
    assert download.value.suggested_filename == "notes.txt"
    walker.shot("talk")
    walker.assert_accessible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".comment").nth(1).get_by_text("Delete").click()
    page.get_by_text("Comment deleted").wait_for()
    page = walker.sign_in(maya).open("/notifications/")
    page.get_by_text("mentioned you").click()
    assert page.url.endswith("#comment-" + page.locator(".comment").first.get_attribute("id").split("-")[1])
