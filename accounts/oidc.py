"""Speaking OpenID Connect to the state's identity provider, through allauth.

Authorization code with PKCE, state and nonce; the ID token's signature is
always checked; of the claims only `sub` is used, and of that only a keyed mark
is kept. Only what the settings name is asked: no redirect is followed, answers
are capped, addresses must be https (or this very machine).
"""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
import urllib3
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from . import alarms, identities
from .doors import mark

PROVIDER = "nha-nuoc"
ANSWER_BYTES = 256 * 1024
CONFIG_SECONDS = 600  # how long the provider's own description is believed
WAIT_SECONDS = 5
CLOCK_SECONDS = 60  # by which the provider's clock may differ from ours
WRONG_A_DAY = 20
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REST_SECONDS = 30  # how long a provider that failed is left alone
_LOCAL = {"127.0.0.1", "localhost", "::1"}
# What a provider that answers nonsense makes allauth and the libraries below it raise.
NONSENSE = (OAuth2Error, requests.RequestException, ValueError, KeyError, TypeError, AttributeError)


class ProviderDown(Exception):
    """The provider does not answer, or not as it should."""


class Cancelled(Exception):
    """She said no at the provider's."""


class OldTab(Exception):
    """An answer to a question that this browser did not ask, or asked long ago."""


def is_on() -> bool:
    return bool(settings.SOCIALACCOUNT_PROVIDERS)


def name() -> str:
    """The provider's name on the button."""
    return str(settings.OIDC_NAME)


class CappedSession(requests.Session):
    """Asks without following redirects, and reads so much of an answer, for so long, and no more."""

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(str(url))
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise requests.exceptions.InvalidSchema("only https")
        until = time.monotonic() + 2 * WAIT_SECONDS
        kwargs.update(stream=True, allow_redirects=False, timeout=WAIT_SECONDS)
        response = super().request(method, url, **kwargs)
        body = b""
        try:
            while piece := response.raw.read1(16 * 1024, decode_content=True):
                body += piece
                if len(body) > ANSWER_BYTES or time.monotonic() > until:
                    raise requests.exceptions.ContentDecodingError("the answer is too long")
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ConnectionError(error) from error
        finally:
            response.close()
        response._content = body
        return response


class IdentityAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        session = CappedSession()
        session.trust_env = False
        if settings.OIDC_CA_FILE:
            session.verify = settings.OIDC_CA_FILE
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # people sign up at /dang-ky/

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """A known identity goes on to allauth's stages, an unknown one is asked whose it is."""
        response = identities.meet(request, sociallogin)
        if response is not None:
            raise ImmediateHttpResponse(response)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """allauth would answer in English: our view says it."""
        if kwargs.get("error") == AuthError.CANCELLED:
            raise Cancelled
        if "state_id" in (kwargs.get("extra_context") or {}) and kwargs.get("exception") is None:
            raise OldTab
        raise ProviderDown from kwargs.get("exception")


class Adapter(OpenIDConnectOAuth2Adapter):
    """allauth's, with the nonce, the signature, the issuer and the claims taken seriously."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description of itself, believed for ten minutes."""
        key = f"oidc-config:{settings.OIDC_ISSUER}"
        config = cache.get(key)
        if config is None:
            config = super().openid_config
            if str(config["issuer"]).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
                raise OAuth2Error("the description is of another issuer")
            for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                parts = urlsplit(config[endpoint])
                if parts.scheme != "https" and parts.hostname not in _LOCAL:
                    raise OAuth2Error("an endpoint is not https")
            cache.set(key, config, CONFIG_SECONDS)
        return dict(config)

    def get_provider(self) -> Any:
        provider = super().get_provider()
        provider.oauth2_adapter_class = type(self)
        return provider

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        claims = self._decode_id_token(app, kwargs["response"]["id_token"])
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce", "")), self.nonce):
            raise OAuth2Error("the nonce is not ours")
        uid = mark("identity", claims["iss"], claims["sub"])
        login = self.get_provider().sociallogin_from_response(request, {"id_token": {"sub": uid}})
        login.account.extra_data = {}
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Its claims, signed by the provider for us; the same token never twice."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()["keys"]
        try:
            name = jwt.get_unverified_header(id_token).get("kid")
            signing = [key for key in keys if key.get("kty") != "oct" and key.get("use", "sig") == "sig"]
            key = next((one for one in signing if name is None or one.get("kid") == name), None)
            if key is None:
                raise OAuth2Error("signed with a key that the provider does not show")
            claims = dict(
                jwt.decode(
                    id_token,
                    jwt.PyJWK(key),
                    algorithms=ALGORITHMS,
                    audience=app.client_id,
                    issuer=self.openid_config["issuer"],
                    leeway=CLOCK_SECONDS,
                    options={"require": ["exp", "iat", "iss", "aud", "sub"]},
                )
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("the token does not hold") from error
        if claims.get("azp", app.client_id) != app.client_id or not claims["sub"]:
            raise OAuth2Error("the token is for somebody else")
        jwtkit.verify_jti(claims)
        return claims


class Callback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        """allauth's state, used up with this look; the nonce went with it."""
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


def start(request: HttpRequest, *, to: str) -> HttpResponse:
    """On to the provider. Raises ProviderDown."""
    _refuse_resting()
    nonce = secrets.token_urlsafe(24)
    try:
        # Explicit: nothing of the address reaches the scope or the parameters.
        return (
            Adapter(request, PROVIDER)
            .get_provider()
            .redirect(
                request,
                process=AuthProcess.LOGIN,
                next_url=to,
                scope=settings.OIDC_SCOPE.split(),
                auth_params={"nonce": nonce},
                nonce=nonce,
            )
        )
    except (*NONSENSE, ProviderDown) as error:
        raise _rest() from error


def finish(request: HttpRequest) -> HttpResponse:
    """Back from the provider: signed in, or on to the question whose it is.

    Raises ProviderDown, Cancelled or OldTab.
    """
    _refuse_resting()
    try:
        return Callback.adapter_view(Adapter(request, PROVIDER))(request)
    except ProviderDown as error:
        if isinstance(error.__cause__, requests.RequestException):
            raise _rest() from error
        alarms.count("identity", alarm_from=WRONG_A_DAY)  # a made-up code must not shut the door for all
        raise
    except NONSENSE as error:
        alarms.count("identity", alarm_from=WRONG_A_DAY)
        raise ProviderDown from error


def _refuse_resting() -> None:
    """While the provider is away nobody waits for it, and no worker of ours hangs on it."""
    if cache.get("oidc-down"):
        raise ProviderDown


def _rest() -> ProviderDown:
    cache.set("oidc-down", True, REST_SECONDS)
    cache.delete(f"oidc-config:{settings.OIDC_ISSUER}")
    alarms.count("identity")
    return ProviderDown()
