"""A machine's voice: another program, named by the operator, reads one sentence at a time.

It is given the sentence on its standard input and answers with an MP3 on its standard output. It is
run only when an operator says so (`read_aloud`), never for a visitor.
"""

from __future__ import annotations

import shlex
import subprocess

from django.conf import settings

from common import audio

from .reading import Text

SECONDS = 120  # for one sentence


class NoVoice(Exception):
    """There is no program, or it did not speak; the message says so in Vietnamese."""


class Unspoken(NoVoice):
    """It could not say this text; another it may."""


def command() -> list[str]:
    """Raises NoVoice."""
    try:
        words = shlex.split(settings.VOICE_COMMAND)
    except ValueError as error:
        raise NoVoice(f"VOICE_COMMAND viết chưa đúng: {error}.") from error
    if not words:
        raise NoVoice("Chưa có giọng đọc: hãy đặt VOICE_COMMAND (docs/read-aloud.md).")
    return words


def speak(text: Text) -> tuple[audio.Audio, list[int]]:
    """The lesson as one MP3, and where each sentence begins, in milliseconds. Raises NoVoice, Unspoken."""
    words = command()
    try:
        return audio.join([_say(words, sentence) for sentence in text.sentences])
    except audio.NotAudio as error:
        raise Unspoken(str(error)) from error


def _say(words: list[str], sentence: str) -> bytes:
    try:
        done = subprocess.run(
            words, input=sentence.encode(), capture_output=True, timeout=SECONDS, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise NoVoice(f"Giọng đọc im lặng quá {SECONDS} giây ở câu “{sentence}”.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise Unspoken(
            f"Giọng đọc dừng với mã {error.returncode} ở câu “{sentence}”: {said[0][:200]}"
        ) from error
    except OSError as error:
        raise NoVoice(f"Không chạy được “{words[0]}”: {error.strerror or error}.") from error
    return done.stdout
