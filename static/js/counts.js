// Counts saved filters anew each minute while the page is looked at; without this they are as at its loading.

const EVERY = 60_000; // ms

async function renew() {
  const address = document.querySelector("[data-counts]")?.dataset.counts;
  if (!address || document.hidden) return;
  const answer = await fetch(address, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const counts = await answer.json();
  for (const place of document.querySelectorAll("[data-filter]")) {
    const count = counts[place.dataset.filter];
    if (count !== undefined && place.textContent !== String(count)) place.textContent = count;
  }
}

const quietly = () => renew().catch(() => {}); // the site may be away; the next minute tells
setInterval(quietly, EVERY);
document.addEventListener("visibilitychange", quietly);
