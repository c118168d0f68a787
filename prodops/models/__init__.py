from .activity import Event, Heartbeat, Job, JobState, Notification, SentMail
from .away import Away
from .company import CustomerAccount, ProductArea, Segment, Tier
from .custom_field import CustomField, FieldKind
from .money import AccountFigures, ExchangeRate
from .people import Invitation, Level, MailPreference, Membership, Role, Team, User
from .search import SearchEntry, SearchLexeme
from .talk import Attachment, Comment, Favourite, SavedFilter

__all__ = [
    "AccountFigures",
    "Attachment",
    "Away",
    "Comment",
    "CustomField",
    "CustomerAccount",
    "Event",
    "ExchangeRate",
    "Favourite",
    "FieldKind",
    "Heartbeat",
    "Invitation",
    "Job",
    "JobState",
    "Level",
    "MailPreference",
    "Membership",
    "Notification",
    "ProductArea",
    "Role",
    "SavedFilter",
    "SearchEntry",
    "SearchLexeme",
    "Segment",
    "SentMail",
    "Team",
    "Tier",
    "User",
]
