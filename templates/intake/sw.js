{# The service worker: shows the offline page where there is no network, and keeps what that page
   needs. Nothing that anybody wrote or reads is kept here. -#}
const CACHE = "linli-{{ version }}";
const PAGES = {{ pages|tojson }};
const ASSETS = {{ assets|tojson }};
const LANGUAGE = "/offline-language";

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", answer);

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ASSETS);
  // Without cookies, so that the page kept is nobody's.
  const pages = Object.values(PAGES).map((page) => new Request(page, { credentials: "omit" }));
  await cache.addAll(pages);
  await self.skipWaiting();
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("linli-") && name !== CACHE && name !== "linli-language") await caches.delete(name);
  }
  await self.clients.claim();
}

function answer(event) {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(offlinePage));
  else if (ASSETS.includes(pathOf(request.url))) event.respondWith(keptOrFetched(request));
}

function pathOf(address) {
  const { pathname, search } = new URL(address);
  return pathname + search;
}

async function keptOrFetched(request) {
  return (await caches.match(request)) || fetch(request);
}

async function offlinePage() {
  const kept = await caches.match(LANGUAGE);
  const language = kept ? await kept.text() : "";
  return caches.match(PAGES[language] || Object.values(PAGES)[0]);
}
