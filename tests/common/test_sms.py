"""What a text costs, and carriers: console, folder, and a real HTTPS server on this machine."""

from __future__ import annotations

import datetime
import http.server
import ipaddress
import json
import ssl
import threading
import time
import urllib.parse

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common import sms

MESSAGE = sms.Sms("+84912345678", 'Mã: 123456 "nháy" {to} & =', "ref-1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ạ" * 70, 1),
        ("ạ" * 71, 2),
        ("ạ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("à è ì ò ù é" * 14, 1),  # the letters with marks that the GSM alphabet has
    ],
)
def test_parts(text, parts):
    assert sms.parts(text) == parts


def test_accents_go_only_where_that_halves_the_price():
    assert sms.cheapest("Đã đổi mã.") == "Đã đổi mã."
    assert sms.cheapest("Đừng đọc mã này cho ai. " * 4) == "Dung doc ma nay cho ai. " * 4


def settings(**more):
    plain = {"GATEWAY": "", "FOLDER": "", "URL": "https://sms.example/send", "METHOD": "POST", "HEADERS": ""}
    body = {"BODY": '{"text": "{text}"}', "FORM": False, "SUCCESS": "", "TIMEOUT": 2.0, "CA_FILE": ""}
    return plain | body | more


def test_no_gateway_is_none():
    assert sms.gateway(settings()) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"GATEWAY": "pigeon"},
        {"URL": "http://sms.example/send"},
        {"URL": "https:///send"},
        {"METHOD": "DELETE"},
        {"BODY": "no JSON"},
        {"BODY": '["{text}"]'},
        {"BODY": '{"to": "{to}"}'},
        {"HEADERS": "no JSON"},
        {"SUCCESS": "("},
    ],
)
def test_settings_that_describe_no_gateway(wrong):
    with pytest.raises(sms.BadSettings):
        sms.gateway(settings(GATEWAY="http") | wrong)


def test_console(caplog):
    assert sms.gateway(settings(GATEWAY="console")).send(MESSAGE) == "console"
    assert "123456" in caplog.text


def test_folder(tmp_path):
    carrier = sms.gateway(settings(GATEWAY="file", FOLDER=tmp_path / "sms"))
    name = carrier.send(MESSAGE)
    file = tmp_path / "sms" / name
    assert json.loads(file.read_text()) == {"to": MESSAGE.to, "text": MESSAGE.text}
    assert file.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path):
    (tmp_path / "sms").write_text("a file")
    with pytest.raises(sms.Failed):
        sms.Folder(tmp_path / "sms").send(MESSAGE)


def _certificate(folder):
    """A certificate of its own for 127.0.0.1: (certificate, key) as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    return folder / "cert.pem", folder / "key.pem"


class Carrier(http.server.BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        status, headers, body, wait = self.server.says
        time.sleep(wait)
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    cert, key = _certificate(tmp_path_factory.mktemp("tls"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
    server.handle_error = lambda *args: None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.ca_file = str(cert)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def carrier(server):
    """A carrier that says yes unless told otherwise, and the gateway to it."""
    server.asked, server.says = [], (200, {}, b'{"CodeResult": "100"}', 0)

    def make(**more):
        plain = {"GATEWAY": "http", "URL": f"https://127.0.0.1:{server.server_port}/send?v=1"}
        return sms.gateway(settings(**plain, CA_FILE=server.ca_file) | more)

    make.server = server
    return make


def test_json_is_posted(carrier):
    body = (
        '{"Phone": "{digits}", "Content": "{text}", "deep": [{"ref": "{reference}", "n": 1}], "l": "{local}"}'
    )
    assert carrier(BODY=body, HEADERS='{"Authorization": "Bearer x"}').send(MESSAGE) == "status 200"
    method, path, headers, sent = carrier.server.asked[0]
    assert (method, path) == ("POST", "/send?v=1")
    assert headers["Authorization"] == "Bearer x"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(sent) == {
        "Phone": "84912345678",
        "Content": MESSAGE.text,  # what is put in is not looked at for placeholders again
        "deep": [{"ref": "ref-1", "n": 1}],
        "l": "0912345678",
    }


def test_a_form_is_posted(carrier):
    carrier(BODY='{"to": "{to}", "text": "{text}"}', FORM=True).send(MESSAGE)
    _, _, headers, sent = carrier.server.asked[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(urllib.parse.parse_qsl(sent.decode())) == {"to": MESSAGE.to, "text": MESSAGE.text}


def test_get_asks_behind_the_address(carrier):
    carrier(METHOD="get").send(MESSAGE)
    method, path, _, sent = carrier.server.asked[0]
    assert (method, sent) == ("GET", b"")
    assert path == "/send?v=1&" + urllib.parse.urlencode({"text": MESSAGE.text})


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, sms.Refused), (401, sms.Refused), (302, sms.Refused), (429, sms.Failed), (503, sms.Failed)],
)
def test_what_a_no_means(carrier, status, error):
    carrier.server.says = (status, {"Location": "/elsewhere"}, b"", 0)
    with pytest.raises(error, match=str(status)):
        carrier().send(MESSAGE)
    assert len(carrier.server.asked) == 1  # no redirect is followed


def test_a_yes_that_says_no(carrier):
    carrier.server.says = (200, {}, b'{"CodeResult": "103", "ErrorMessage": "no money"}', 0)
    with pytest.raises(sms.Failed):
        carrier(SUCCESS='"CodeResult": *"100"').send(MESSAGE)


def test_a_yes_that_says_yes(carrier):
    carrier(SUCCESS='"CodeResult": *"100"').send(MESSAGE)


def test_no_answer_may_have_been_sent(carrier):
    carrier.server.says = (200, {}, b"", 1.0)
    with pytest.raises(sms.Unsure):
        carrier(TIMEOUT=0.3).send(MESSAGE)


def test_an_endless_answer_is_cut(carrier):
    carrier.server.says = (200, {}, b"x" * 5_000_000, 0)
    with pytest.raises(sms.Failed):
        carrier(SUCCESS="never there").send(MESSAGE)


def test_nobody_there_was_not_sent():
    with pytest.raises(sms.Failed):
        sms.gateway(settings(GATEWAY="http", URL="https://127.0.0.1:1/")).send(MESSAGE)


def test_a_certificate_that_nobody_vouches_for_was_not_sent(carrier):
    with pytest.raises(sms.Failed):
        carrier(CA_FILE="").send(MESSAGE)
    assert carrier.server.asked == []
