// The lists of staff: a submission opens beside its list, what is sent goes without leaving, and the
// next one is fetched ahead. Without this script, and on a phone, each is a page of its own.

const wide = matchMedia("(min-width: 60em)");
const SUBMISSION = /\/staff\/\d{3}-\d{3}-\d{3}$/;
const DRAWN = 30; // ms after which what was opened is drawn
const FRESH = 60_000; // ms that a page fetched ahead may wait
const typed = new Map(); // what was written and not sent, by the submission's reference
let ahead = { address: "", at: 0 };
let turn = 0;
let isSending = false;
let shown = location.pathname + location.search;

const one = (selector, within = document) => within.querySelector(selector);
const pane = () => one("#pane");

async function ask(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, address: answer.url, status: answer.status, wasLed: answer.redirected };
}

function fetchAhead() {
  const address = (one("#pane [rel=next]") ?? one("#list a[data-key=j]"))?.href;
  if (!address || !wide.matches || isAhead(address)) return;
  ahead = { address, at: Date.now(), answer: ask(address).catch(() => null) };
}

const isAhead = (address) => ahead.address === address && Date.now() - ahead.at < FRESH;

const get = async (address) => (isAhead(address) && (await ahead.answer)) || ask(address);

async function open(address, { push = true, ...more } = {}) {
  if (isSending) return;
  const mine = ++turn;
  try {
    const answer = await get(address);
    if (mine === turn) show(answer, { push, ...more });
  } catch {
    location.assign(address); // the browser says it better
  }
}

// Put the answer in its place: into the pane, or for all that is no submission the whole page.
function show({ page, address }, { push, said, done, sent }) {
  const fresh = one("#pane[data-reference]", page);
  const words = said ?? page.querySelectorAll("main .flash");
  if (push) history.pushState(null, "", address);
  shown = location.pathname + location.search;
  document.title = page.title;
  keepTyped(sent);
  bringFiles(page);
  if (!fresh || !pane()) {
    document.body.replaceWith(page.body);
  } else {
    renewList(page, done);
    pane().replaceWith(fresh);
    one(".desk").classList.add("desk--open");
    giveBackTyped(fresh);
    fresh.dispatchEvent(new Event("shown", { bubbles: true }));
  }
  say(words);
  const undo = done && one("#undo", done); // a page fetched ahead doesn't know the latest move
  if (undo) one("#undo")?.replaceWith(undo);
  arrive();
  requestAnimationFrame(() => setTimeout(fetchAhead, DRAWN)); // what is shown goes first
}

// What was said before is over, also where the page itself came with it.
function say(lines) {
  const fresh = new Set(lines);
  for (const line of document.querySelectorAll("main .flash")) if (!fresh.has(line)) line.remove();
  for (const line of lines) line.removeAttribute("role"); // the place they go to is read out already
  one("#said")?.replaceChildren(...lines);
}

function arrive() {
  const goal = one("#pane .govuk-error-summary, #pane [role=alert]") ?? one("#pane-title") ?? one("main");
  goal.tabIndex = -1;
  goal.focus({ preventScroll: true });
  one(".row--open")?.scrollIntoView({ block: "nearest" });
  (one("#side") ?? one("main")).scrollIntoView();
}

function bringFiles(page) {
  for (const link of page.querySelectorAll("link[rel=stylesheet]")) {
    if (!one(`link[href="${link.getAttribute("href")}"]`)) document.head.append(link);
  }
  for (const { src, type } of page.querySelectorAll("script[src]")) {
    if ([...document.scripts].some((script) => script.src === src)) continue;
    document.head.append(Object.assign(document.createElement("script"), { src, type, async: false }));
  }
}

// The lines around the open one as they are now; those above and below stay as they stood.
function renewList(page, done) {
  const list = one("#list .rows");
  const left = done?.dataset.left;
  const rows = [...one("#list .rows", page).children].filter((row) => row.dataset.reference !== left);
  for (const row of list.querySelectorAll(".row--open")) {
    row.classList.remove("row--open");
    one("a", row).removeAttribute("aria-current");
  }
  one(`[data-reference="${left}"]`, list)?.remove();
  for (const { value } of list.querySelectorAll("input:checked")) {
    const box = rows.map((row) => one(`input[value="${value}"]`, row)).find(Boolean);
    if (box) box.checked = true;
  }
  const references = new Set(rows.map((row) => row.dataset.reference));
  const olds = [...list.children];
  const isKnown = (row) => references.has(row.dataset.reference);
  const first = olds.findIndex(isKnown);
  if (first < 0) list.replaceChildren(...rows);
  else {
    olds[first].before(...rows);
    for (const old of olds.slice(first, olds.findLastIndex(isKnown) + 1)) old.remove();
  }
  one("#list-count").textContent = one("#list-count", done ?? page).textContent;
}

// After an error what was typed came back with the page, so it is no change of the page's any more.
function keepTyped(sent) {
  const { reference } = pane()?.dataset ?? {};
  if (!reference) return;
  const cameBack = one(".govuk-error-summary, [role=alert]", pane());
  const isTyped = ({ value, defaultValue, form }) => form !== sent && value && (cameBack || value !== defaultValue);
  const fields = [...pane().querySelectorAll("textarea:not([readonly]), input[type=text]")].filter(isTyped);
  typed.set(reference, fields.map(({ id, value }) => [id, value]));
}

function giveBackTyped(fresh) {
  for (const [id, value] of typed.get(fresh.dataset.reference) ?? []) {
    const field = one(`#${CSS.escape(id)}`, fresh);
    if (!field) continue;
    field.value = value;
    field.closest("details")?.setAttribute("open", "");
  }
}

async function send(form, button) {
  if (isSending) return;
  isSending = true;
  if (form.matches("[data-touches-others]")) ahead = { address: "", at: 0 }; // the next one may be among them
  pane().ariaBusy = "true";
  const data = new FormData(form, button);
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  const address = button?.hasAttribute("formaction") ? button.formAction : form.getAttribute("action");
  try {
    const answer = await ask(address, { method: "POST", body, headers: { "X-Pane": "1" } });
    isSending = false;
    if ([403, 429].includes(answer.status) || answer.status >= 500) sayNotSent(answer.status);
    else await goOn(answer, form);
  } catch {
    sayNotSent();
  } finally {
    isSending = false;
    pane()?.removeAttribute("aria-busy");
  }
}

async function goOn(answer, sent) {
  const done = one("[data-onward]", answer.page);
  if (done) {
    const address = new URL(done.dataset.onward, location.href).href;
    await open(address, { push: address !== location.href, said: done.querySelectorAll(".flash"), done, sent });
  } else if (answer.wasLed && one("#pane", answer.page)?.dataset.reference === pane().dataset.reference) {
    await open(location.href, { push: false, said: answer.page.querySelectorAll("main .flash"), sent });
  } else {
    show(answer, { push: answer.wasLed, sent });
  }
}

function sayNotSent(status) {
  const { notSent, signedOut } = one("#said").dataset;
  const line = document.createElement("p");
  line.className = "flash flash--error";
  line.textContent = status === 403 ? signedOut : notSent;
  say([line]);
  one("#side").scrollIntoView();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!wide.matches || event.defaultPrevented || form.method !== "post" || !form.closest("#pane")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link?.closest(".desk") || link.hash || link.target || !SUBMISSION.test(link.pathname) || !wide.matches) return;
  const isForTheBrowser = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || isForTheBrowser) return;
  event.preventDefault();
  open(link.href);
});

addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) open(location.href, { push: false });
});

fetchAhead();
