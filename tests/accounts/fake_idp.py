"""An identity provider on this machine, written from the standard, that can also misbehave."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "hoc-vu-so", "between-us"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


class Provider:
    """`codes` maps a code to the question it answers; tests bend `claims`, `key` and `answers`."""

    def __init__(self, port: int):
        self.issuer = f"http://127.0.0.1:{port}"
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: dict[str, object] = {}
        self.key, self.algorithm, self.headers = RSA, "RS256", {"kid": "one"}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []

    def approve(self, location: str, sub: str = "079-sub-of-lan") -> str:
        """She signs in there: the address that the provider sends her browser back to."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["scope"] == "openid"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked | {"sub": sub}
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def discovery(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def jwks(self) -> dict[str, object]:
        one = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key()))
        two = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC.public_key()))
        oct_ = {"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"k" * 32).decode()}
        return {"keys": [oct_, one | {"kid": "one", "use": "sig"}, two | {"kid": "two"}]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, object]]:
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        question = self.codes.pop(form.get("code", ""), None)  # a code is good for one answer
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if basic != f"{CLIENT}:{SECRET}" or not question or challenge != question["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": question["nonce"]}
        claims |= {"sub": question["sub"], "name": "Nguyễn Thị Lan", "national_id": "031064000001"}
        claims = {k: v for k, v in (claims | self.claims).items() if v is not None}
        id_token = jwt.encode(claims, self.key, self.algorithm, self.headers)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": id_token}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        provider = self.server.provider
        path = urlsplit(self.path).path
        provider.asked.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if path in provider.answers:
            status, headers, content = provider.answers[path]
        else:
            status, headers = 200, {"Content-Type": "application/json"}
            if path == "/.well-known/openid-configuration":
                data = provider.discovery()
            elif path == "/jwks":
                data = provider.jwks()
            else:
                form = {key: value[0] for key, value in parse_qs(body).items()}
                status, data = provider.token(form, self.headers.get("Authorization", ""))
            content = json.dumps(data).encode()
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


def serve() -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None
    server.provider = Provider(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
