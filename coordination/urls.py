from django.urls import path

from coordination.views import bulk, decisions, inbox, mine, requests, similar, submission

app_name = "coordination"
urlpatterns = [
    path("", requests.request_list, name="request_list"),
    path("requests.csv", requests.request_csv, name="request_csv"),
    path("new/", submission.request_new, name="request_new"),
    path("similar/", similar.similar, name="similar"),
    path("mine/", mine.my_requests, name="my_requests"),
    path("triage/", inbox.triage, name="triage"),
    path("triage/<int:pk>/", inbox.triage_item, name="triage_item"),
    path("triage/accept/", bulk.bulk_accept, name="bulk_accept"),
    path("triage/decline/", bulk.bulk_decline, name="bulk_decline"),
    path("triage/snooze/", bulk.bulk_snooze, name="bulk_snooze"),
    path("triage/reopen/", bulk.bulk_reopen, name="bulk_reopen"),
    path("<int:pk>/", requests.request_detail, name="request_detail"),
    path("<int:pk>/sent/", submission.request_sent, name="request_sent"),
    path("<int:pk>/join/", submission.join, name="join"),
    path("<int:pk>/similar/", similar.request_similar, name="request_similar"),
    path("<int:pk>/accounts/add/", requests.voice_add, name="voice_add"),
    path("<int:pk>/accept/", decisions.accept, name="accept"),
    path("<int:pk>/decline/", decisions.decline, name="decline"),
    path("<int:pk>/merge/", decisions.merge, name="merge"),
    path("<int:pk>/unmerge/", decisions.unmerge, name="unmerge"),
    path("<int:pk>/reopen/", decisions.reopen, name="reopen"),
    path("<int:pk>/snooze/", decisions.snooze, name="snooze"),
    path("<int:pk>/wake/", decisions.wake, name="wake"),
    path("<int:pk>/assign/", decisions.assign, name="assign"),
]
