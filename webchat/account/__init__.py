"""This slice is the way in and out: log in, log out, who uses the account, its password, export and end."""

from starlette.routing import Route

from webchat.account import views
from webchat.slice import Slice

slice = Slice(
    name="account",
    routes=[
        Route("/login", views.show_login, methods=["GET"]),
        Route("/login", views.create_login, methods=["POST"]),
        Route("/logout", views.delete_login, methods=["POST"]),
        Route("/logout", views.show_logout, methods=["GET"]),
        Route("/configuration/account", views.index, methods=["GET"]),
        Route("/configuration/account", views.end_logins, methods=["POST"]),
        Route("/configuration/account/apps/end", views.end_access, methods=["POST"]),
        Route("/configuration/account/password", views.change_password, methods=["POST"]),
        Route("/configuration/account/delete", views.delete_account, methods=["POST"]),
        Route("/configuration/account/leave", views.leave, methods=["POST"]),
        Route("/configuration/account/export/{what}", views.export, methods=["GET"]),
    ],
)
