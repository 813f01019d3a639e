// Brings the list of similar submissions into the page when its place comes into sight.
// Without this the link in its place leads to the same list.

const place = document.querySelector("[data-similar]");

async function bring() {
  const answer = await fetch(place.dataset.similar, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = page.querySelector("#similar");
  if (list) place.querySelector("[data-similar-link]").replaceWith(list);
}

if (place) {
  const watcher = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watcher.disconnect();
    bring().catch(() => {});
  });
  watcher.observe(place);
}
