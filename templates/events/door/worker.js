// Keeps the page of a door and what it is made of, for the time without network. The network always comes first: what is
// kept is used only when it does not answer. Lists of people and scans are no business of this script (static/js/door/).
const KEPT = "door";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isPage = (request, url) => request.mode === "navigate" && /^\/door\/[\w-]{16,}\/$/.test(url.pathname);
const isPart = (url) => url.pathname.startsWith("/static/");

async function answer(request) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && request.mode === "navigate") await kept.put(request.url, fresh.clone());
    // A link that was taken back must not live on.
    if (fresh.status === 404 && request.mode === "navigate") await kept.delete(request.url);
    return fresh;
  } catch (error) {
    const found = await kept.match(request.url, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isPage(event.request, url) || isPart(url)) event.respondWith(answer(event.request));
});
