from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from prodops.views import company, finding, health, home, invitations, jobs, keeping, people, structure, talk

# The admin site is entered by the same throttled, two-step sign-in as everything else.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "prodops.views.errors.server_error"

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("search/", finding.search_page, name="search"),
    path("palette/", finding.palette, name="palette"),
    path("notifications/", finding.notifications, name="notifications"),
    path("notifications/read/", finding.notifications_read, name="notifications_read"),
    path("notifications/<int:pk>/", finding.notification_open, name="notification_open"),
    path("notifications/<int:pk>/read/", finding.notification_read, name="notification_read"),
    path("talk/<str:label>/<int:pk>/", talk.talk_thread, name="talk_thread"),
    path("talk/<str:label>/<int:pk>/history/", talk.talk_history, name="talk_history"),
    path("talk/<str:label>/<int:pk>/comment/", talk.comment_add, name="comment_add"),
    path("talk/<str:label>/<int:pk>/attach/", talk.attachment_add, name="attachment_add"),
    path("comments/<int:pk>/edit/", talk.comment_edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", talk.comment_delete, name="comment_delete"),
    path("attachments/<int:pk>/", talk.attachment_download, name="attachment_download"),
    path("attachments/<int:pk>/delete/", talk.attachment_delete, name="attachment_delete"),
    path("mentions/", talk.mention_suggest, name="mention_suggest"),
    path("stars/<str:label>/<int:pk>/", keeping.star, name="star"),
    path("views/of/<str:page>/", keeping.saved_views, name="saved_views"),
    path("views/save/", keeping.saved_view_save, name="saved_view_save"),
    path("views/<int:pk>/delete/", keeping.saved_view_delete, name="saved_view_delete"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("people/", people.people, name="people"),
    path("people/invitations/", invitations.invitation_list, name="invitation_list"),
    path("people/invitations/<int:pk>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("join/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/role/", invitations.person_role, name="person_role"),
    path("people/<int:pk>/close/", invitations.person_close, name="person_close"),
    path("people/<int:pk>/reopen/", invitations.person_reopen, name="person_reopen"),
    path("teams/new/", structure.team_create, name="team_create"),
    path("teams/<slug:slug>/", people.team_detail, name="team_detail"),
    path("teams/<slug:slug>/members/", structure.team_member_set, name="team_member_set"),
    path(
        "teams/<slug:slug>/members/<int:pk>/remove/", structure.team_member_remove, name="team_member_remove"
    ),
    path("areas/", company.area_list, name="area_list"),
    path("areas/new/", structure.area_create, name="area_create"),
    path("areas/<slug:slug>/edit/", structure.area_edit, name="area_edit"),
    path("areas/<slug:slug>/", company.area_detail, name="area_detail"),
    path("options/accounts/", company.account_options, name="account_options"),
    path("customers/", company.account_list, name="account_list"),
    path("customers/new/", structure.account_create, name="account_create"),
    path("customers/<slug:slug>/edit/", structure.account_edit, name="account_edit"),
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
