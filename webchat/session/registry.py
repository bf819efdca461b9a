"""This room knows who is signed in: it logs in, finds and adopts sessions, and ends them."""

import asyncio
import logging
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from webchat.db.base import now
from webchat.db.engine import Database
from webchat.errors import LoginFailed
from webchat.session import blocks, store
from webchat.session.ending import end_tasks, stop_all
from webchat.session.feed import Feed
from webchat.session.garbage import Garbage
from webchat.session.places import Places
from webchat.session.session import Behaviour, Session
from webchat.session.vault import Vault, new_token
from webchat.xmpp.auth import Credential, Password, ScramKeys
from webchat.xmpp.client import Access, Client
from webchat.xmpp.connector import Connector

log = logging.getLogger(__name__)

TOUCH_EVERY = 300.0
GRACE = 120.0
SWEEP_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser's request: whose it is, and the token its forms must carry."""

    login_id: str
    account_id: int
    jid: str
    session: Session
    form_token: str
    keep: bool

    @property
    def preferences(self) -> dict[str, str]:
        """What the user chose in Configuration."""
        return dict(self.session.preferences)


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A login as its owner sees it."""

    id: str
    device: str
    created_at: datetime
    last_used_at: datetime
    keep: bool


class Sessions:
    """All sessions of this process.

    connector      makes clients (resolver, TLS, gate)
    linger_hours   how long a session outlives its last tab; max_sessions: cap, None for none
    """

    def __init__(
        self,
        database: Database,
        behaviour: Behaviour,
        connector: Connector,
        pepper: bytes,
        *,
        linger_hours: float = 24,
        max_sessions: int | None = None,
    ) -> None:
        self.database = database
        self._behaviour = behaviour
        self._connector = connector
        self._vault = Vault(pepper)
        self._linger = linger_hours * 3600
        self._places = Places(max_sessions)
        self._sessions: dict[int, Session] = {}
        self._signed_in: dict[str, SignedIn] = {}
        self._touched: dict[str, float] = {}
        self._left: dict[int, float] = {}
        self._endings = 0
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._chores: set[asyncio.Task[None]] = set()
        self._garbage = Garbage(lambda: sum(session.tabs for session in self._sessions.values()))

    # ---- life of the process

    async def start(self) -> None:
        """Begin sweeping out what is over."""
        self._chore(self._sweep_for_ever())
        self._chore(self._garbage.run())

    async def stop(self) -> None:
        """End all sessions; their XMPP sides stay resumable, so that nothing is lost meanwhile."""
        await end_tasks(self._chores)
        sessions = list(self._sessions.values())
        self._sessions.clear()
        self._signed_in.clear()
        await stop_all(sessions)

    def feeds(self) -> list[Feed]:
        """The feeds of all sessions, to be closed before the server stops."""
        return [session.feed for session in self._sessions.values()]

    @property
    def running(self) -> list[Session]:
        """All sessions, for counters."""
        return list(self._sessions.values())

    # ---- logging in

    async def login(
        self, jid: str, password: str, *, keep: bool, allow_plain: bool = False, device: str = ""
    ) -> tuple[str, Session]:
        """Sign in: (cookie token, session). The XMPP server is who decides.

        keep          seal the credential, so that the session comes back after a restart
        allow_plain   the user agreed to hand the password to a server that takes nothing better

        Raises LoginFailed, Full.
        """
        async with self._locks.setdefault(jid, asyncio.Lock()):
            async with self.database.read() as db:
                if await blocks.is_blocked(db, jid):
                    raise LoginFailed("blocked-here")
                account = await store.account_by_jid(db, jid)
            minimum = account.mechanism if account else ""
            access = Access(Password(password), allow_plain=allow_plain, minimum=minimum)
            running = self._sessions.get(account.id) if account else None
            with self._places.one(len(self._sessions), more=running is None):
                if account and running and running.state != "failed":
                    session, credential, mechanism = running, *await self.prove(jid, access)
                else:
                    resource = account.resource if account else f"webchat.{secrets.token_hex(4)}"
                    session, credential, mechanism = await self._open(jid, resource, access)
                try:
                    token = await self._remember(session, credential, mechanism, keep=keep, device=device)
                except BaseException:
                    if not session.account_id:
                        await session.client.close()
                    raise
        return token, session

    async def prove(self, jid: str, access: Access) -> tuple[Credential, str]:
        """Ask the server, by a second short stream, whether this opens the account: what to open it with from
        now on, and how. Raises LoginFailed."""
        probe = self._connector.client(
            jid, f"webchat-login.{secrets.token_hex(4)}", access, lambda *_: None, ()
        )
        try:
            await probe.open(discreet=True)
            return probe.keys or access.credential, probe.mechanism
        finally:
            await probe.close()

    async def _open(self, jid: str, resource: str, access: Access) -> tuple[Session, Credential, str]:
        session = self._new_session(jid, resource, access)
        client = session.client
        try:
            await client.open(discreet=True)
        except BaseException:
            await client.close()
            raise
        credential: Credential = client.keys or access.credential
        # From here on reconnects need no password.
        client.access = Access(credential, allow_plain=access.allow_plain, minimum=client.mechanism)
        return session, credential, client.mechanism

    def _new_session(self, jid: str, resource: str, access: Access) -> Session:
        def make(session: Session) -> Client:
            return self._connector.client(jid, resource, access, session.put, self._behaviour.features)

        session = Session(jid, self.database, self._behaviour, make)
        session.on_state, session.on_tabs = self._on_state, self._on_tabs
        return session

    async def _remember(
        self, session: Session, credential: Credential, mechanism: str, *, keep: bool, device: str
    ) -> str:
        token = new_token()
        halves = self._vault.halves(token)
        # A password is never kept: where PLAIN is all a server takes, the session lives in memory only.
        sealable = keep and isinstance(credential, ScramKeys)
        sealed = self._vault.seal(halves, session.jid, credential) if sealable else None
        resource = session.client.resource
        async with self.database.write() as db:
            account = await store.ensure_account(db, session.jid, resource, mechanism)
            await store.add_login(db, halves.login_id, account.id, device=device, keep=keep, sealed=sealed)
        session.preferences = account.preferences
        if not session.account_id:
            await self._replace(account.id, session, opened=True)
        return token

    async def _replace(self, account_id: int, session: Session, *, opened: bool) -> None:
        former = self._sessions.pop(account_id, None)
        session.account_id = account_id
        self._sessions[account_id] = session
        self._left[account_id] = time.monotonic()
        self._garbage.login()
        try:
            if former is not None:
                self._forget_signed_in(account_id)
                await former.stop(resumable=True)
        finally:
            if self._sessions.get(account_id) is session:  # nobody has ended it meanwhile
                session.start(opened=opened)

    # ---- requests

    async def signed_in(self, token: str) -> SignedIn | None:
        """Whose cookie this is; its session is started from what is sealed if none runs. Raises Full."""
        halves = self._vault.halves(token)
        known = self._signed_in.get(halves.login_id)
        if known is not None and self._sessions.get(known.account_id) is known.session:
            await self._used(known)
            return known
        endings = self._endings
        async with self.database.read() as db:
            found = await store.login_with_account(db, halves.login_id)
            blocked = found is not None and await blocks.is_blocked(db, found[1].jid)
        if found is None:
            return None
        login, account = found
        if blocked:
            await self.end(account.id, None)
            return None
        session = self._sessions.get(account.id)
        if session is None:
            credential = self._vault.open(halves, account.jid, login.sealed) if login.sealed else None
            if credential is None:
                await self.end(account.id, login.id)
                return None
            access = Access(credential, minimum=account.mechanism)
            session = await self._adopt(account.id, account.jid, account.resource, access)
            session.preferences = account.preferences
        if endings != self._endings:
            # Some login ended meanwhile; if it was this one, nothing of it may be remembered.
            return await self.signed_in(token)
        entry = SignedIn(login.id, account.id, account.jid, session, halves.form_token, login.keep)
        self._signed_in[login.id] = entry
        await self._used(entry)
        return entry

    async def _adopt(self, account_id: int, jid: str, resource: str, access: Access) -> Session:
        async with self._locks.setdefault(jid, asyncio.Lock()):
            session = self._sessions.get(account_id)
            if session is None:
                with self._places.one(len(self._sessions)):
                    session = self._new_session(jid, resource, access)
                    await self._replace(account_id, session, opened=False)
        return session

    async def _used(self, entry: SignedIn) -> None:
        moment, login_id = time.monotonic(), entry.login_id
        entry.session.glance()
        if entry.account_id in self._left:
            self._left[entry.account_id] = moment
        if moment - self._touched.get(login_id, -TOUCH_EVERY) < TOUCH_EVERY:
            return
        self._touched[login_id] = moment
        async with self.database.write() as db:
            await store.touch(db, login_id)

    async def still_signed_in(self, login_id: str) -> bool:
        """Cheap: whether a login that was used before is still good."""
        known = self._signed_in.get(login_id)
        return known is not None and self._sessions.get(known.account_id) is known.session

    async def set_preferences(self, account_id: int, preferences: dict[str, str]) -> None:
        """Replace the account's preferences, for all its browsers at once; Session.prefer changes some."""
        session = self._sessions.get(account_id)
        if session is not None:
            await session.prefer({**dict.fromkeys(session.preferences), **preferences})
            return
        async with self.database.write() as db:
            await store.set_preferences(db, account_id, preferences)

    # ---- logging out

    async def logins(self, account_id: int) -> list[LoginRow]:
        """All browsers signed in to an account, the last used first."""
        async with self.database.read() as db:
            rows = await store.logins_of(db, account_id)
        return [LoginRow(row.id, row.device, row.created_at, row.last_used_at, row.keep) for row in rows]

    async def renew(self, me: SignedIn, token: str, password: str) -> None:
        """The server has a new password: this login goes on with it, all others of the account end.

        token  the cookie of this login, which seals its credential. Raises LoginFailed.
        """
        client = me.session.client
        access = replace(client.access, credential=Password(password))
        credential, mechanism = await self.prove(me.jid, access)
        client.access = replace(access, credential=credential, minimum=mechanism)
        sealable = me.keep and isinstance(credential, ScramKeys)
        sealed = self._vault.seal(self._vault.halves(token), me.jid, credential) if sealable else None
        async with self.database.write() as db:
            await store.seal_again(db, me.login_id, sealed)
            await store.delete_logins(db, me.account_id, but=me.login_id)
        self._endings += 1
        self._forget_signed_in(me.account_id)
        self._signed_in[me.login_id] = me
        me.session.feed.nudge()

    async def logout(self, login_id: str, *, everywhere: bool = False) -> None:
        """End a login, or all of its account; the XMPP session ends with the last one."""
        known = self._signed_in.get(login_id)
        if known is not None:
            await self.end(known.account_id, None if everywhere else login_id)

    async def end(self, account_id: int, login_id: str | None) -> None:
        """End one login of an account, or (None) all of them."""
        async with self.database.write() as db:
            await store.delete_logins(db, account_id, login_id)
            left = await store.logins_of(db, account_id)
        self._endings += 1
        self._forget_signed_in(account_id, login_id)
        session = self._sessions.get(account_id)
        if session is None:
            return
        session.feed.nudge()
        if not left:
            self._sessions.pop(account_id, None)
            await session.stop(resumable=False)

    def _forget_signed_in(self, account_id: int, login_id: str | None = None) -> None:
        for id, entry in list(self._signed_in.items()):
            if entry.account_id == account_id and login_id in (None, id):
                del self._signed_in[id]
                self._touched.pop(id, None)

    # ---- what happens by itself

    def _on_state(self, session: Session) -> None:
        if session.state == "failed" and session.reason == "not-authorized":
            # The password was changed elsewhere: what is kept opens nothing, nobody reads on from the cache.
            self._chore(self.end(session.account_id, None))

    def _on_tabs(self, session: Session) -> None:
        if session.tabs:
            self._left.pop(session.account_id, None)
        else:
            self._left[session.account_id] = time.monotonic()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                await self.sweep()
            except Exception:
                log.exception("sweeping failed")

    async def sweep(self) -> None:
        """End what is over: old logins, sessions nobody came back to, "only while I am here"."""
        async with self.database.write() as db:
            expired = await store.delete_expired(db, now())
        await blocks.enforce(self)
        for each in self.running:
            self._on_state(each)
        self._endings += bool(expired)
        for account_id, login_id in expired:
            self._forget_signed_in(account_id, login_id)
            if account_id in self._sessions:
                self._sessions[account_id].feed.nudge()
        moment = time.monotonic()
        for account_id, since in list(self._left.items()):
            session = self._sessions.get(account_id)
            if session is None:
                del self._left[account_id]
            elif moment - since > GRACE:
                over = moment - since > session.outlives(self._linger)
                await self._sweep_account(account_id, session, lingered=over)

    async def _sweep_account(self, account_id: int, session: Session, *, lingered: bool) -> None:
        logins = await self.logins(account_id)
        for login in logins:
            if not login.keep:
                await self.end(account_id, login.id)
        if (lingered or not logins) and self._sessions.get(account_id) is session and not session.tabs:
            del self._sessions[account_id], self._left[account_id]
            self._forget_signed_in(account_id)
            await session.stop(resumable=False)

    def _chore(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._chores.add(task)
        task.add_done_callback(self._done)

    def _done(self, chore: asyncio.Task[None]) -> None:
        self._chores.discard(chore)
        if not chore.cancelled() and chore.exception() is not None:
            log.error("a chore of the sessions failed", exc_info=chore.exception())
