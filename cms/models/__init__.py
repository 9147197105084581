"""Pages of the site. A LessonPage has a key to `courses.Item`; learners never point at pages."""

from .base import BasePage
from .courses import CoursePage
from .films import Film
from .lessons import LessonPage
from .pictures import Picture, PictureRendition
from .recordings import LessonAudio
from .site import CourseIndexPage, HomePage
from .weights import Weighing

__all__ = [
    "BasePage",
    "CourseIndexPage",
    "CoursePage",
    "Film",
    "HomePage",
    "LessonAudio",
    "LessonPage",
    "Picture",
    "PictureRendition",
    "Weighing",
]
