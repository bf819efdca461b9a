// The service worker: files of this version from the browser, pages from the site, and a calm page where there is no line.
// /worker.js serves it with SITE before it: prefix, hash, files (to keep), away (the page without a line), pushed.
// Nothing of what an account reads is kept here; install.js keeps the little that may be read without a line.

importScripts(SITE.pushed);

const FILES = `webchat ${SITE.prefix} ${SITE.hash}`;
const OWN = `webchat ${SITE.prefix} `;
const kept = (path) => SITE.files.includes(path);

self.addEventListener("install", (event) => {
  // Where the browser can, it asks us for visits only: all the rest goes its way without waking this worker.
  const others = ["cors", "no-cors", "same-origin"].map((requestMode) => ({ requestMode }));
  try {
    event.addRoutes([
      { condition: { or: [{ requestMethod: "POST" }, ...others] }, source: "network" },
    ])?.catch(() => {});
  } catch {
    // Older ones ask for everything, and get what they would have had.
  }
  self.skipWaiting();
  event.waitUntil(stock());
});

async function stock() {
  const cache = await caches.open(FILES);
  await cache.addAll(SITE.files);
  await cache.put(SITE.away, await fetch(SITE.away, { cache: "no-store" }));
}

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  await self.registration.navigationPreload?.enable();
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== FILES).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (kept(pathname)) event.respondWith(found(request));
  else if (request.mode === "navigate" && !pathname.startsWith(`${SITE.prefix}media/`)) event.respondWith(visit(event));
});

const found = async (request) => await caches.match(request, { ignoreVary: true }) ?? fetch(request);

// What the site says is shown, whatever it is; without any answer there is no line.
async function visit(event) {
  try {
    return await event.preloadResponse ?? await fetch(event.request);
  } catch {
    return await caches.match(SITE.away, { ignoreVary: true }) ?? Response.error();
  }
}
