// Lets the browser keep the page for writing without a network, in the language of the last page.

if ("serviceWorker" in navigator) {
  addEventListener("load", async () => {
    try {
      await navigator.serviceWorker.register("/sw.js");
      const cache = await caches.open("linli-language");
      await cache.put("/offline-language", new Response(document.documentElement.lang));
    } catch {
      // The site works without it.
    }
  });
}
