// What a push service brings while no page is open: a notice, and where a click on it leads. Part of the service worker,
// which begins with what it knows of its SITE.

(() => {
  const { registration, clients } = self;
  const { scope } = registration;
  const within = (path) => {
    const there = new URL(path || scope, scope).href;
    return there.startsWith(scope) ? there : scope;
  };
  const pages = async () => (await clients.matchAll({ type: "window", includeUncontrolled: true })).filter(({ url }) => url.startsWith(scope));
  const shows = (page, there) => new URL(page.url).pathname === new URL(there).pathname;

  self.addEventListener("push", (event) => event.waitUntil(tell(event.data?.json())));

  async function tell({ tag, title, text, path, unread, over = [], quiet = false, wake = false }) {
    const there = within(path);
    await close([...over, "wake"]);
    if (unread !== undefined) self.navigator.setAppBadge?.(unread).catch(() => {});
    // A page that shows it already needs no notice, and only then may a browser be silent.
    if ((await pages()).some((page) => page.focused && shows(page, there) && tag !== "test")) return;
    await registration.showNotification(title, { body: text, tag, icon: SITE.sign, data: { path: there }, renotify: !quiet, silent: quiet, timestamp: Date.now() });
    // The site has forgotten us meanwhile: our cookie has it listen again for this account.
    if (wake) await fetch(within("notices/waiting"), { cache: "no-store" });
  }

  async function close(tags) {
    for (const notice of await registration.getNotifications()) if (tags.includes(notice.tag)) notice.close();
  }

  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(within(event.notification.data?.path)));
  });

  // The page that shows it, else one that is in view goes there, else a new one.
  async function open(there) {
    const all = await pages();
    const page = all.find((one) => shows(one, there)) ?? all.find(({ visibilityState }) => visibilityState === "visible");
    if (!page) return clients.openWindow(there);
    await page.focus();
    // A page from before this worker cannot be led by it.
    return shows(page, there) ? undefined : page.navigate(there).catch(() => clients.openWindow(there));
  }

  self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

  // The browser took another address by itself: the site is told, as if it had been asked for.
  async function renew({ oldSubscription, newSubscription }) {
    const key = oldSubscription?.options.applicationServerKey;
    const now = newSubscription ?? (key && await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    if (!now) return;
    const { endpoint, keys } = now.toJSON();
    await fetch(within("push"), { method: "POST", body: new URLSearchParams({ endpoint, ...keys, renewed: "1" }) });
  }
})();
