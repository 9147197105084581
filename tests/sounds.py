"""Small recordings made of nothing: silence that browsers play; and the boxes of an MP4."""

from __future__ import annotations

# MPEG 2, layer III, 24 kHz, 16 kbit/s, one channel: 576 samples in 48 bytes.
FRAME = bytes([0xFF, 0xF3, 0x24, 0xC0]) + bytes(44)
PER_SECOND = 24000 / 576


def mp3(seconds: float = 2.0) -> bytes:
    return FRAME * round(seconds * PER_SECOND)


def page(body: bytes, *, granule: int = 0, serial: int = 7) -> bytes:
    table = [255] * (len(body) // 255) + [len(body) % 255]
    head = b"OggS" + bytes(2) + granule.to_bytes(8, "little") + serial.to_bytes(4, "little") + bytes(8)
    return head + bytes([len(table), *table]) + body


def ogg(seconds: float = 2.0) -> bytes:
    head = (
        b"OpusHead" + bytes([1, 1]) + (312).to_bytes(2, "little") + (48000).to_bytes(4, "little") + bytes(3)
    )
    return page(head) + page(b"sound", granule=round(48000 * seconds) + 312)


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return (8 + len(body)).to_bytes(4, "big") + name + body


def track(kind: bytes, codec: bytes) -> bytes:
    """A track of an MP4 without any sample."""
    handler = box(b"hdlr", bytes(8) + kind + bytes(12) + b"Kim's camera\0")
    described = box(b"stsd", bytes(7), b"\x01", box(codec, bytes(28)))
    media = box(b"mdia", box(b"mdhd", bytes(24)), handler, box(b"minf", box(b"stbl", described)))
    return box(b"trak", box(b"tkhd", bytes(84)), media)


def m4a(
    seconds: float = 2.0, *, kind: bytes = b"soun", codec: bytes = b"mp4a", private: bytes = b""
) -> bytes:
    length = bytes(12) + (1000).to_bytes(4, "big") + round(1000 * seconds).to_bytes(4, "big") + bytes(80)
    moov = box(b"moov", box(b"mvhd", length), track(kind, codec), box(b"udta", private))
    return box(b"ftyp", b"M4A \0\0\0\0") + moov + box(b"mdat", bytes(64))
