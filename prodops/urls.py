from django.contrib import admin
from django.urls import include, path

from prodops.views import company, finding, health, home, people

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("search/", finding.search_page, name="search"),
    path("notifications/", finding.notifications, name="notifications"),
    path("notifications/read/", finding.notifications_read, name="notifications_read"),
    path("notifications/<int:pk>/", finding.notification_open, name="notification_open"),
    path("jobs/<int:pk>/", finding.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancel/", finding.job_cancel, name="job_cancel"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("teams/<slug:slug>/", people.team_detail, name="team_detail"),
    path("areas/", company.area_list, name="area_list"),
    path("areas/<slug:slug>/", company.area_detail, name="area_detail"),
    path("customers/", company.account_list, name="account_list"),
    path("customers/<slug:slug>/", company.account_detail, name="account_detail"),
    path("preferences/", people.preferences, name="preferences"),
    path("preferences/security/", people.account_security, name="account_security"),
    path("roles/", people.roles, name="roles"),
    path("outbox/", people.outbox, name="outbox"),
    path("research/", include("research.urls")),
    path("metrics/", include("metrics.urls")),
    path("process/", include("process.urls")),
    path("requests/", include("coordination.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
