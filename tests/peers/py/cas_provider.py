"""A library's login system: Debian's django-cas-server, as its documentation has it.

Settings: host, tls, hub, pattern, readers { name: { password, locked, first_name } }, folder.
"""

import os
import secrets

import django
from django.conf import settings as django_settings

from serving import listen, serve, settings

SETTINGS = settings()
SOCKET, ORIGIN = listen(SETTINGS["host"])

django_settings.configure(
    SECRET_KEY=secrets.token_urlsafe(),
    ALLOWED_HOSTS=[SETTINGS["host"]],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "cas_server",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(SETTINGS["folder"], "cas.sqlite"),
            "OPTIONS": {"timeout": 20},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    STATIC_URL="/static/",
    USE_TZ=True,
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
    CAS_AUTH_CLASS="__main__.Readers",
    CAS_NEW_VERSION_HTML_WARNING=False,
    CAS_NEW_VERSION_EMAIL_WARNING=False,
)
django.setup()

from cas_server.auth import DjangoAuthUser  # noqa: E402
from cas_server.models import ReplaceAttributName, ServicePattern  # noqa: E402
from django.contrib.auth import authenticate, get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("cas/", include("cas_server.urls", namespace="cas_server"))]


class Readers(DjangoAuthUser):
    """Django's own accounts; one that is not active logs in nowhere."""

    def test_password(self, password):
        return authenticate(username=self.username, password=password) is not None


call_command("migrate", verbosity=0)
for name, reader in SETTINGS["readers"].items():
    user = get_user_model().objects.create_user(name, password=reader["password"])
    user.is_active = not reader.get("locked", False)
    user.first_name = reader.get("first_name", "")
    user.save()
pattern = ServicePattern.objects.create(
    pos=1, name="hub", pattern=SETTINGS["pattern"], single_log_out=True
)
ReplaceAttributName.objects.create(name="first_name", replace="XM", service_pattern=pattern)

serve(get_wsgi_application(), SOCKET, SETTINGS["tls"], {"origin": ORIGIN})
