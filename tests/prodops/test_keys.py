from collections import Counter

from prodops import nav
from prodops.models import Role, User


def test_no_letter_goes_to_two_places():
    for role in Role:
        items = [item for _, section in nav.items_for(User(role=role)) for item in section]
        letters = Counter(item.key for item in [*items, *nav.COMPANY, *nav.MINE] if item.key)
        assert [letter for letter, count in letters.items() if count > 1] == []


def test_the_palette_offers_only_what_the_role_may_open():
    for role in Role:
        user = User(role=role)
        for section, item in [(s, i) for s, items in nav._items.items() for i in items]:
            offered = nav.path(item.url_name) in [path for _, path, _ in nav.places_for(user)]
            assert offered == (item.can in nav.capabilities_of(user)), (section, item)
