from .activity import Event, Heartbeat, Job, JobState, Notification, SentMail
from .company import CustomerAccount, ProductArea, Segment, Tier
from .people import Invitation, Level, MailPreference, Membership, Role, Team, User
from .search import SearchEntry, SearchLexeme
from .talk import Attachment, Comment, Favourite, SavedFilter

__all__ = [
    "Attachment",
    "Comment",
    "CustomerAccount",
    "Event",
    "Favourite",
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
