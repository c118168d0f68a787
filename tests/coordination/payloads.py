"""Payloads as the products document them, in words of our own: {system: {name: payload}}.

Those in TAKEN ask for something: (system, name): (title, words of the body, external id, account id).
"""

ZENDESK_EVENT = {
    "account_id": 22129848,
    "detail": {
        "actor_id": "8447388090494",
        "assignee_id": "8447388090494",
        "brand_id": "8447346621310",
        "created_at": "2026-11-20T08:15:30Z",
        "custom_status": "8447320465790",
        "description": "Since the update the Monday import stops at row 200.",
        "external_id": None,
        "form_id": "8646151517822",
        "group_id": "8447320466430",
        "id": "5158",
        "is_public": True,
        "organization_id": "8447346622462",
        "priority": "HIGH",
        "requester_id": "8447388090494",
        "status": "NEW",
        "subject": "Import of routes fails on Mondays",
        "submitter_id": "8447388090494",
        "tags": ["import", "csv"],
        "type": "PROBLEM",
        "updated_at": "2026-11-20T08:15:30Z",
        "via": {"channel": "web_service"},
    },
    "event": {},
    "id": "cbe4028c-7239-495d-b020-f22348516046",
    "subject": "zen:ticket:5158",
    "time": "2026-11-20T08:15:31.123456Z",
    "type": "zen:event-type:ticket.created",
    "zendesk_event_version": "2022-11-06",
}
ZENDESK_TRIGGER = {
    "ticket": {
        "id": "5159",
        "title": "Drivers cannot see the load weight",
        "description": "if weight a<b and c>d the app hides it",
        "url": "fernway.zendesk.com/agent/tickets/5159",
        "priority": "Urgent",
        "tags": "driver-app weight",
        "ticket_type": "Question",
        "requester": {"name": "Ida Brandt", "email": "ida@kelder.example", "language": "Deutsch"},
        "organization": {"name": "Kelder Logistics", "domain": "kelder.example"},
    }
}
INTERCOM_CONVERSATION = {
    "type": "notification_event",
    "app_id": "abc12345",
    "data": {
        "type": "notification_event_data",
        "item": {
            "type": "conversation",
            "id": "215469",
            "created_at": 1795163730,
            "updated_at": 1795163731,
            "title": None,
            "source": {
                "type": "conversation",
                "id": "403918330",
                "delivered_as": "customer_initiated",
                "subject": "",
                "body": "<p>Can we export <b>the board</b>?</p><p>Every Friday we copy it by hand.</p>",
                "author": {
                    "type": "user",
                    "id": "6762f0ad",
                    "name": "Ida Brandt",
                    "email": "ida@kelder.example",
                },
                "attachments": [],
                "url": "https://app.fernway.example/board",
            },
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": "6762f0ad", "external_id": "70"}],
            },
            "admin_assignee_id": None,
            "open": True,
            "state": "open",
            "read": False,
            "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "123", "name": "feature request"}]},
            "priority": "priority",
            "statistics": None,
        },
    },
    "links": {},
    "id": "notif_4e3504a3-ba3f-46dc-ab48-8e4d5bdfdf4e",
    "topic": "conversation.user.created",
    "delivery_status": "pending",
    "delivery_attempts": 1,
    "delivered_at": 0,
    "first_sent_at": 1795163731,
    "created_at": 1795163731,
    "self": None,
}
INTERCOM_TICKET = {
    "type": "notification_event",
    "app_id": "abc12345",
    "topic": "ticket.created",
    "id": "notif_0b1c",
    "created_at": 1795163731,
    "data": {
        "type": "notification_event_data",
        "item": {
            "type": "ticket",
            "id": "494",
            "ticket_id": "53",
            "ticket_attributes": {
                "_default_title_": "Invoices in one file",
                "_default_description_": "Accounting wants one PDF a month.",
            },
            "ticket_type": {"type": "ticket_type", "id": "1234", "name": "Idea", "category": "Customer"},
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": "6762", "name": "Ida", "email": "ida@kelder.example"}],
            },
            "company_id": "c-88",
            "created_at": 1795163700,
        },
    },
}
HUBSPOT_BATCH = [
    {
        "eventId": 3816279340,
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": 1795163730000,
        "subscriptionType": "ticket.creation",
        "attemptNumber": 0,
        "objectId": 1246965,
        "changeFlag": "CREATED",
        "changeSource": "CRM",
    },
    {
        "eventId": 3816279480,
        "subscriptionId": 26,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": 1795163731000,
        "subscriptionType": "ticket.propertyChange",
        "attemptNumber": 0,
        "objectId": 1246965,
        "propertyName": "subject",
        "propertyValue": "Rates for islands",
        "changeSource": "CRM",
    },
    {
        "eventId": 3816279481,
        "subscriptionId": 27,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": 1795163731000,
        "subscriptionType": "ticket.propertyChange",
        "attemptNumber": 0,
        "objectId": 1246965,
        "propertyName": "content",
        "propertyValue": "Ferries cost extra and we type them in.",
        "changeSource": "CRM",
    },
]
HUBSPOT_WORKFLOW = {
    "objectId": 1246978,
    "properties": {
        "subject": {"value": "Rates by weekday", "versions": []},
        "content": {"value": "Saturdays cost more.", "versions": []},
        "hs_ticket_priority": {"value": "LOW"},
        "hs_ticket_category": {"value": "PRODUCT_ISSUE"},
        "createdate": {"value": "1795163730000"},
        "email": {"value": "ida@kelder.example"},
        "firstname": {"value": "Ida"},
        "lastname": {"value": "Brandt"},
        "dealname": {"value": "Renewal 2027"},
        "amount": {"value": "60000"},
        "deal_currency_code": {"value": "EUR"},
        "dealstage": {"value": "contractsent"},
        "closedate": {"value": "2027-01-31"},
    },
    "associated-company": {
        "company-id": 7001,
        "properties": {"name": {"value": "Kelder Logistics"}, "domain": {"value": "kelder.example"}},
    },
}
SALESFORCE_CASE = {
    "attributes": {"type": "Case", "url": "/services/data/v62.0/sobjects/Case/500Hs00001abcDEIAY"},
    "Id": "500Hs00001abcDEIAY",
    "CaseNumber": "00001026",
    "Subject": "Weekly report by branch",
    "Description": "Branch managers want their own numbers.",
    "Priority": "Medium",
    "Type": "Feature Request",
    "Origin": "Web",
    "SuppliedName": "Ida Brandt",
    "SuppliedEmail": "ida@kelder.example",
    "AccountId": "001Hs00003xyzABIAY",
    "Account": {"Name": "Kelder Logistics", "Website": "https://www.kelder.example/"},
    "CreatedDate": "2026-11-20T08:15:30.000+0000",
    "Opportunity": {
        "Name": "Renewal 2027",
        "Amount": 60000.0,
        "CurrencyIsoCode": "EUR",
        "StageName": "Negotiation",
        "CloseDate": "2027-01-31",
    },
}
SALESFORCE_CHANGE = {
    "schema": "IeRuaY6cbI_HsV8Rv1Mc5g",
    "payload": {
        "ChangeEventHeader": {
            "entityName": "Case",
            "recordIds": ["500Hs00001abcDFIAY"],
            "changeType": "CREATE",
            "changeOrigin": "com/salesforce/api/rest/62.0",
            "transactionKey": "002343d9-90fb-18b4",
            "sequenceNumber": 1,
            "commitTimestamp": 1795163730000,
            "commitUser": "005xx000001SwKaAAK",
            "commitNumber": 65824,
            "changedFields": [],
        },
        "Subject": "Truck pictures on the board",
        "Description": None,
        "Priority": "High",
        "AccountId": "001Hs00003xyzABIAY",
        "CreatedDate": "2026-11-20T08:15:30.000Z",
    },
    "event": {"replayId": 6},
}
JIRA_CREATED = {
    "timestamp": 1795163730123,
    "webhookEvent": "jira:issue_created",
    "issue_event_type_name": "issue_created",
    "user": {
        "accountId": "99:27935d01",
        "displayName": "Jonas Weber",
        "emailAddress": "jonas@fernway.example",
    },
    "issue": {
        "id": "99291",
        "self": "https://fernway.atlassian.net/rest/api/2/99291",
        "key": "DISP-2002",
        "fields": {
            "summary": "Dark theme for night shifts",
            "created": "2026-11-20T09:15:30.000+0100",
            "description": {
                "type": "doc",
                "version": 1,
                "content": [
                    {
                        "type": "paragraph",
                        "content": [
                            {"type": "text", "text": "Dispatchers work"},
                            {"type": "text", "text": " "},
                            {"type": "text", "text": "at night", "marks": [{"type": "strong"}]},
                            {"type": "hardBreak"},
                            {"type": "mention", "attrs": {"id": "99", "text": "@Sanne"}},
                        ],
                    },
                    {
                        "type": "bulletList",
                        "content": [
                            {
                                "type": "listItem",
                                "content": [
                                    {
                                        "type": "paragraph",
                                        "content": [{"type": "text", "text": "It hurts"}],
                                    }
                                ],
                            }
                        ],
                    },
                ],
            },
            "labels": ["ui", "night"],
            "priority": {"id": "3", "name": "Highest"},
            "issuetype": {"id": "10001", "name": "Improvement"},
            "components": [{"id": "1", "name": "Planning board"}],
            "reporter": {"displayName": "Ida Brandt", "emailAddress": "ida@kelder.example"},
            "project": {"id": "10000", "key": "DISP", "name": "Dispatch"},
        },
    },
}
LINEAR_ISSUE = {
    "action": "create",
    "type": "Issue",
    "createdAt": "2026-11-20T08:15:30.123Z",
    "actor": {"id": "b5ea5f1f", "name": "Jonas Weber", "email": "jonas@fernway.example", "type": "user"},
    "data": {
        "id": "539068e2-ae88-4d09-bd75-22eb4a59612f",
        "identifier": "DSP-118",
        "title": "Undo on the planning board",
        "description": "Dropped on the wrong truck.\n\nNo way back.",
        "priority": 2,
        "priorityLabel": "High",
        "labels": [{"id": "1", "name": "Board", "color": "#aaa"}],
        "labelIds": ["1"],
        "team": {"id": "72b2", "key": "DSP", "name": "Dispatch"},
        "state": {"id": "1", "name": "Triage", "type": "triage"},
        "project": {"id": "9", "name": "Planning board"},
        "createdAt": "2026-11-20T08:15:30.123Z",
    },
    "url": "https://linear.app/fernway/issue/DSP-118",
    "organizationId": "dc844923",
    "webhookTimestamp": 1795163730200,
    "webhookId": "000042e3",
}
LINEAR_NEED = {
    "action": "create",
    "type": "CustomerNeed",
    "createdAt": "2026-11-20T08:15:30.123Z",
    "actor": {"id": "b5ea5f1f", "name": "Priya Raman", "email": "sales@demo.test", "type": "user"},
    "data": {
        "id": "77a068e2",
        "body": "They plan trips to islands and need ferry times.",
        "priority": 1,
        "customerId": "c3b0",
        "customer": {"id": "c3b0", "name": "Kelder Logistics", "domains": ["kelder.example"]},
        "issue": {
            "id": "5390",
            "identifier": "DSP-90",
            "title": "Ferry times",
            "url": "https://linear.app/x",
        },
        "createdAt": "2026-11-20T08:15:30.123Z",
    },
    "organizationId": "dc844923",
    "webhookTimestamp": 1795163730200,
    "webhookId": "000042e3",
}
GITHUB_ISSUE = {
    "action": "opened",
    "issue": {
        "url": "https://api.github.com/repos/fernway/dispatch/issues/12",
        "html_url": "https://github.com/fernway/dispatch/issues/12",
        "id": 444500041,
        "node_id": "MDU6SXNzdWU0NDQ1MDAwNDE=",
        "number": 12,
        "title": "API for fuel cards",
        "user": {"login": "idab", "id": 21031067, "type": "User"},
        "labels": [{"id": 1362934389, "name": "integration", "color": "d73a4a", "default": True}],
        "state": "open",
        "locked": False,
        "assignee": None,
        "comments": 0,
        "created_at": "2026-11-20T08:15:30Z",
        "author_association": "NONE",
        "type": {"name": "Feature"},
        "body": "We book fuel by hand.",
    },
    "repository": {"id": 186853002, "name": "dispatch", "full_name": "fernway/dispatch", "private": True},
    "sender": {"login": "idab", "id": 21031067},
}
GITHUB_DISCUSSION = {
    "action": "created",
    "discussion": {
        "html_url": "https://github.com/fernway/dispatch/discussions/90",
        "number": 90,
        "title": "Tolls in the route price",
        "body": None,
        "category": {"name": "Ideas"},
        "user": {"login": "idab"},
        "created_at": "2026-11-20T08:15:30Z",
    },
    "repository": {"full_name": "fernway/dispatch"},
    "sender": {"login": "idab"},
}
ZENDESK_COMMENT = {
    **ZENDESK_EVENT,
    "type": "zen:event-type:ticket.comment_added",
    "event": {
        "comment": {
            "author": {"id": "8447388090494", "is_staff": False, "name": "Ida Brandt"},
            "body": "It stopped at row 180 today.",
            "id": "8486812145790",
            "is_public": True,
        },
        "meta": {"sequence": {"id": "BE0CBDB0", "position": 1, "total": 1}},
    },
}
INTERCOM_REPLY = {
    **INTERCOM_CONVERSATION,
    "id": "notif_11aa",
    "topic": "conversation.user.replied",
    "data": {
        "type": "notification_event_data",
        "item": {
            **INTERCOM_CONVERSATION["data"]["item"],
            "conversation_parts": {
                "type": "conversation_part.list",
                "conversation_parts": [
                    {
                        "type": "conversation_part",
                        "id": "45763812690",
                        "part_type": "comment",
                        "body": "<p>A <b>PDF</b> would do too.</p>",
                        "created_at": 1795163800,
                        "author": {"type": "user", "id": "6762f0ad", "name": "Ida Brandt"},
                        "attachments": [],
                    }
                ],
                "total_count": 1,
            },
        },
    },
}
SALESFORCE_COMMENT = {
    "attributes": {"type": "CaseComment", "url": "/services/data/v62.0/sobjects/CaseComment/00aHs00000abc"},
    "Id": "00aHs00000abc",
    "ParentId": "500Hs00001abcDEIAY",
    "IsPublished": True,
    "CommentBody": "Finance asks for it as well.",
    "CreatedDate": "2026-11-21T08:15:30.000+0000",
    "CreatedBy": {"Name": "Ida Brandt"},
}
JIRA_COMMENT = {
    "timestamp": 1795163990123,
    "webhookEvent": "comment_created",
    "comment": {
        "self": "https://fernway.atlassian.net/rest/api/2/issue/99291/comment/43735",
        "id": "43735",
        "author": {"accountId": "99:27935d01", "displayName": "Ida Brandt", "accountType": "atlassian"},
        "body": "The night shift in Porto asks for it too.",
        "created": "2026-11-21T09:15:30.000+0100",
        "jsdPublic": True,
    },
    "issue": {
        "id": "99291",
        "self": "https://fernway.atlassian.net/rest/api/2/99291",
        "key": "DISP-2002",
        "fields": {"summary": "Dark theme for night shifts", "project": {"key": "DISP"}},
    },
}
LINEAR_COMMENT = {
    "action": "create",
    "type": "Comment",
    "createdAt": "2026-11-21T08:15:30.123Z",
    "data": {
        "id": "2174add1",
        "createdAt": "2026-11-21T08:15:30.123Z",
        "body": "Two clicks would be enough.",
        "issueId": "539068e2-ae88-4d09-bd75-22eb4a59612f",
        "userId": "b5ea5f1f",
        "issue": {"id": "539068e2-ae88-4d09-bd75-22eb4a59612f", "title": "Undo on the planning board"},
        "user": {"id": "b5ea5f1f", "name": "Jonas Weber"},
    },
    "url": "https://linear.app/fernway/issue/DSP-118#comment-2174add1",
    "organizationId": "dc844923",
    "webhookTimestamp": 1795163990200,
    "webhookId": "000042e3",
}
GITHUB_COMMENT = {
    **GITHUB_ISSUE,
    "action": "created",
    "comment": {
        "html_url": "https://github.com/fernway/dispatch/issues/12#issuecomment-492700400",
        "id": 492700400,
        "user": {"login": "leeb", "id": 3, "type": "User"},
        "created_at": "2026-11-21T08:15:30Z",
        "author_association": "NONE",
        "body": "Diesel cards first, please.",
    },
}


def _rewritten(payload, path, title, **more):
    """The same thing under another title, told as its product tells of an edit."""
    steps = {**payload, **more}
    inner = steps
    for step in path[:-1]:
        inner[step] = {**inner[step]}
        inner = inner[step]
    inner[path[-1]] = title
    return steps


# {system: (a thing as it comes in, what is said of it later, words of that, the thing rewritten)}
LATER = {
    "zendesk": (
        ZENDESK_EVENT,
        ZENDESK_COMMENT,
        "It stopped at row 180 today.",
        {
            **ZENDESK_EVENT,
            "type": "zen:event-type:ticket.subject_changed",
            "event": {"current": "Import fails", "previous": "Import of routes fails on Mondays"},
        },
    ),
    "intercom": (INTERCOM_CONVERSATION, INTERCOM_REPLY, "A PDF would do too.", None),
    "hubspot": (
        HUBSPOT_BATCH,
        None,
        "",
        [{**HUBSPOT_BATCH[1], "eventId": 3816279999, "propertyValue": "Rates for islands and ferries"}],
    ),
    "salesforce": (
        SALESFORCE_CASE,
        SALESFORCE_COMMENT,
        "Finance asks for it as well.",
        {
            "payload": {
                "ChangeEventHeader": {
                    "entityName": "Case",
                    "recordIds": ["500Hs00001abcDEIAY"],
                    "changeType": "UPDATE",
                    "changedFields": ["Subject", "LastModifiedDate"],
                },
                "Subject": "Monthly report by branch",
            }
        },
    ),
    "jira": (
        JIRA_CREATED,
        JIRA_COMMENT,
        "The night shift in Porto asks for it too.",
        _rewritten(
            JIRA_CREATED,
            ("issue", "fields", "summary"),
            "Dark theme",
            webhookEvent="jira:issue_updated",
            changelog={"id": "1", "items": [{"field": "summary", "fromString": "a", "toString": "b"}]},
        ),
    ),
    "linear": (
        LINEAR_ISSUE,
        LINEAR_COMMENT,
        "Two clicks would be enough.",
        _rewritten(
            LINEAR_ISSUE,
            ("data", "title"),
            "Undo everywhere",
            action="update",
            updatedFrom={"title": "Undo on the planning board", "updatedAt": "2026-11-20T08:15:30.123Z"},
        ),
    ),
    "github": (
        GITHUB_ISSUE,
        GITHUB_COMMENT,
        "Diesel cards first, please.",
        _rewritten(
            GITHUB_ISSUE,
            ("issue", "title"),
            "API for fuel and toll cards",
            action="edited",
            changes={"title": {"from": "API for fuel cards"}},
        ),
    ),
}

SAMPLES = {
    "zendesk": {
        "event": ZENDESK_EVENT,
        "trigger": ZENDESK_TRIGGER,
        "other": {**ZENDESK_EVENT, "type": "zen:event-type:ticket.status_changed"},
    },
    "intercom": {
        "conversation": INTERCOM_CONVERSATION,
        "ticket": INTERCOM_TICKET,
        "other": {**INTERCOM_CONVERSATION, "topic": "conversation.admin.closed"},
    },
    "hubspot": {
        "batch": HUBSPOT_BATCH,
        "workflow": HUBSPOT_WORKFLOW,
        "other": [{**HUBSPOT_BATCH[0], "subscriptionType": "contact.creation"}],
        "bare": HUBSPOT_BATCH[:1],
    },
    "salesforce": {
        "case": SALESFORCE_CASE,
        "change": SALESFORCE_CHANGE,
        "other": {"payload": {"ChangeEventHeader": {"entityName": "Case", "changeType": "UPDATE"}}},
    },
    "jira": {"created": JIRA_CREATED, "other": {**JIRA_CREATED, "webhookEvent": "jira:issue_updated"}},
    "linear": {"issue": LINEAR_ISSUE, "need": LINEAR_NEED, "other": {**LINEAR_ISSUE, "action": "update"}},
    "github": {
        "issue": GITHUB_ISSUE,
        "discussion": GITHUB_DISCUSSION,
        "other": {**GITHUB_ISSUE, "comment": {"body": "+1"}, "action": "deleted"},
        "ping": {"zen": "Keep it logically awesome.", "hook_id": 1, "hook": {}},
    },
}
for _system, (_, _comment, _, _edit) in LATER.items():
    _told = {"comment": _comment, "rewritten": _edit}
    SAMPLES[_system] |= {name: payload for name, payload in _told.items() if payload}

TAKEN = {
    ("zendesk", "event"): ("Import of routes fails on Mondays", "row 200", "5158", "zendesk:8447346622462"),
    ("zendesk", "trigger"): ("Drivers cannot see the load weight", "a<b and c>d", "5159", ""),
    ("intercom", "conversation"): (
        "",
        "Can we export the board?\nEvery Friday we copy it by hand.",
        "conversation:215469",
        "",
    ),
    ("intercom", "ticket"): ("Invoices in one file", "one PDF a month", "ticket:494", "intercom:c-88"),
    ("hubspot", "batch"): ("Rates for islands", "Ferries cost extra", "ticket:1246965", ""),
    ("hubspot", "workflow"): ("Rates by weekday", "Saturdays", "ticket:1246978", "hubspot:7001"),
    ("salesforce", "case"): (
        "Weekly report by branch",
        "Branch managers",
        "500Hs00001abcDEIAY",
        "salesforce:001Hs00003xyzABIAY",
    ),
    ("salesforce", "change"): (
        "Truck pictures on the board",
        "",
        "500Hs00001abcDFIAY",
        "salesforce:001Hs00003xyzABIAY",
    ),
    ("jira", "created"): (
        "Dark theme for night shifts",
        "Dispatchers work at night\n@Sanne\nIt hurts",
        "DISP-2002",
        "",
    ),
    ("linear", "issue"): ("Undo on the planning board", "No way back.", "DSP-118", ""),
    ("linear", "need"): ("Ferry times", "trips to islands", "77a068e2", "linear:c3b0"),
    ("github", "issue"): ("API for fuel cards", "by hand", "fernway/dispatch#12", ""),
    ("github", "discussion"): ("Tolls in the route price", "", "fernway/dispatch/discussions/90", ""),
}
