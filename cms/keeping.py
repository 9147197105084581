"""Keys of the editor's own tables to sign-ins of staff: nothing of a person who learns."""

from wagtail.models import ModelLogEntry, PageLogEntry

from accounts.holdings import FORGETS, GOES, Holding, Words
from accounts.retention import TWO_YEARS, Rule

_WHY = "việc biên tập của cán bộ, không phải dữ liệu của người học"
_FORGOTTEN = (
    ("cms.Picture", "uploaded_by_user"),
    ("wagtaildocs.Document", "uploaded_by_user"),
    ("wagtailimages.Image", "uploaded_by_user"),
    ("wagtailcore.UploadedFile", "uploaded_by_user"),
    ("wagtailcore.Revision", "user"),
    ("wagtailcore.WorkflowState", "requested_by"),
    ("wagtailcore.TaskState", "finished_by"),
    ("wagtailcore.Page", "locked_by"),
    ("wagtailcore.Page", "owner"),
    ("wagtailcore.Comment", "resolved_by"),
    # No constraint in the database: the number stays and leads nowhere.
    ("wagtailcore.ModelLogEntry", "user"),
    ("wagtailcore.PageLogEntry", "user"),
)
_GONE = (
    ("wagtailusers.UserProfile", "user"),
    ("wagtailadmin.EditingSession", "user"),
    ("wagtailadmin.FormState", "user"),
    ("wagtailcore.Comment", "user"),
    ("wagtailcore.CommentReply", "user"),
    ("wagtailcore.PageSubscription", "user"),
)
HOLDS = (
    *(Holding(model, key, erase=FORGETS, why=_WHY) for model, key in _FORGOTTEN),
    *(Holding(model, key, erase=GOES, why=_WHY) for model, key in _GONE),
)

# What editors say to each other. Pages and their revisions are works that are published: a
# name in one is an example or a namesake's, and only an editor takes it out.
WORDS = (
    Words("wagtailcore.Comment", ("text",)),
    Words("wagtailcore.CommentReply", ("text",)),
    Words("wagtailcore.TaskState", ("comment",)),
)

# Nobody else does: Wagtail keeps what editors did for ever.
TIMES = (
    Rule(
        "page_log",
        "Biên tập viên đã làm gì với các trang",
        TWO_YEARS,
        lambda at: PageLogEntry.objects.filter(timestamp__lt=at),
    ),
    Rule(
        "model_log",
        "Biên tập viên đã làm gì với người dùng, ảnh và cài đặt",
        TWO_YEARS,
        lambda at: ModelLogEntry.objects.filter(timestamp__lt=at),
    ),
)
