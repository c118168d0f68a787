import django_filters
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from prodops import panels
from prodops.access import Can, access
from prodops.filters import ListFilter, TextFilter
from prodops.http import paginate, render_page
from prodops.models import CustomerAccount, ProductArea, Segment, Tier
from prodops.stars import star_of
from prodops.talk import talk_about


class AccountFilter(ListFilter):
    q = TextFilter("name", "domain")
    segment = django_filters.ChoiceFilter(choices=Segment, empty_label="Any segment")
    tier = django_filters.ChoiceFilter(choices=Tier, empty_label="Any tier")
    sort = django_filters.OrderingFilter(
        fields=[("name", "name"), ("arr", "arr")],
        field_labels={"name": "Name", "arr": "ARR"},
        empty_label="Sort",
        label="Sort",
    )


@access(Can.ACCOUNT_READ)
@require_GET
def account_list(request):
    visible = CustomerAccount.objects.visible_to(request.user).for_list()
    found = AccountFilter(request.GET, visible)
    context = {"found": found, "page": paginate(request, found.qs)}
    return render_page(request, "prodops/account_list.html", context, partial="rows")


@access(Can.ACCOUNT_READ)
@require_GET
def account_detail(request, slug):
    visible = CustomerAccount.objects.visible_to(request.user).for_list()
    account = get_object_or_404(visible, slug=slug)
    context = {
        "account": account,
        "panels": panels.render("prodops.customeraccount", request, account),
        "talk": talk_about(request, account),
        "star": star_of(request, account),
    }
    return render_page(request, "prodops/account.html", context)


@access(Can.PEOPLE_READ)
@require_GET
def area_list(request):
    areas = ProductArea.objects.visible_to(request.user).for_list()
    return render_page(request, "prodops/area_list.html", {"areas": areas})


@access(Can.PEOPLE_READ)
@require_GET
def area_detail(request, slug):
    area = get_object_or_404(ProductArea.objects.visible_to(request.user).for_list(), slug=slug)
    context = {
        "area": area,
        "panels": panels.render("prodops.productarea", request, area),
        "talk": talk_about(request, area),
        "star": star_of(request, area),
    }
    return render_page(request, "prodops/area.html", context)
