// Keys of the pages of staff. What carries data-key="x" is pressed by x, and ? shows all that do.
// Not while somebody writes, not with other keys held, not while signs are being composed.

const TWICE = 300; // ms: a button's key again so soon was meant once, and another submission may stand there now
const PRESSED = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];
let last = { key: "", at: 0 };

function takesText(element) {
  if (element.matches("input")) return !PRESSED.includes(element.type);
  return element.matches("textarea, select") || element.isContentEditable;
}

const isInSight = (element) => !element.disabled && element.checkVisibility({ visibilityProperty: true });

// The nearest first: the line somebody is on, or that is open; what is open; the page; its frame.
function keyed() {
  const row = document.activeElement?.closest(".row") ?? document.querySelector(".row--open");
  const areas = [row, document.querySelector("#pane"), document.querySelector("main"), document.body];
  const found = areas.flatMap((area) => [...(area?.querySelectorAll("[data-key]") ?? [])]);
  return [...new Set(found)].filter(isInSight);
}

function press(element) {
  if (takesText(element)) return element.focus();
  if (!element.matches("summary")) return element.click();
  const form = element.parentElement;
  form.open = true;
  form.scrollIntoView({ block: "nearest" });
  (form.querySelector("textarea, select, input:not([type=hidden]), button, a") ?? element).focus();
}

function nameOf(element) {
  const words = [element.dataset.keyName, element.ariaLabel, element.labels?.[0]?.textContent, element.textContent];
  return words.find((word) => word?.trim())?.replace(/\s+/g, " ") ?? "";
}

function lineFor(key, name) {
  const [line, sign, words, kbd] = ["div", "dt", "dd", "kbd"].map((tag) => document.createElement(tag));
  kbd.textContent = key;
  words.textContent = name;
  sign.append(kbd);
  line.append(sign, words);
  return line;
}

function showKeys() {
  const dialog = document.querySelector("#keys");
  const names = new Map();
  for (const element of keyed()) {
    if (!names.has(element.dataset.key)) names.set(element.dataset.key, nameOf(element));
  }
  const lines = [...names].sort().map(([key, name]) => lineFor(key, name));
  dialog.querySelector("[data-keys]").replaceChildren(...lines);
  const off = new URL(location.href);
  off.hash = "";
  off.searchParams.set("keys", "off");
  dialog.querySelector("[data-keys-off]").href = off.href;
  dialog.showModal();
}

function leaveField(element) {
  const form = element.closest("details[open]");
  if (!form) return element.blur();
  form.open = false;
  form.querySelector("summary").focus();
}

function isForUs(event) {
  const { key, target } = event;
  const isLetter = key.toLowerCase() !== key.toUpperCase();
  const isHeld = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && isLetter);
  return key.length === 1 && !isHeld && !event.repeat && !takesText(target);
}

function pressKey(event) {
  const key = event.key.toLowerCase();
  const element = keyed().find((one) => one.dataset.key === key);
  const isTwice = key === last.key && event.timeStamp - last.at < TWICE;
  last = { key, at: event.timeStamp };
  if (!element) return;
  event.preventDefault();
  if (!isTwice || !element.matches("button")) press(element);
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.form) {
    event.preventDefault();
    target.form.requestSubmit();
  } else if (key === "Escape") {
    if (takesText(target) || target.closest("details[open] form")) leaveField(target);
  } else if (isForUs(event)) {
    pressKey(event);
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-key='?']")) return;
  event.preventDefault();
  showKeys();
});

document.documentElement.classList.add("has-keys");
