// The draft that is kept on this device: words and photos, until they are handed to the site.
// Handing over fills in the ordinary steps; the person reads them there and presses send.

const MOST_PHOTOS = 5;
const form = document.querySelector("[data-offline-form]");
const photoList = form.querySelector("[data-photos]");
const field = (name) => form.elements[name];
let photos = [];

function store(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("linli", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("drafts");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const change = opening.result.transaction("drafts", mode);
      const asked = work(change.objectStore("drafts"));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => reject(change.error);
    };
  });
}

const readDraft = () => store("readonly", (drafts) => drafts.get("draft"));
const writeDraft = (draft) => store("readwrite", (drafts) => drafts.put(draft, "draft"));
const forgetDraft = () => store("readwrite", (drafts) => drafts.delete("draft"));

function say(name, shown) {
  for (const note of form.querySelectorAll("[data-note]")) {
    if (note.dataset.note === name) note.hidden = !shown;
  }
}

async function keep() {
  try {
    await writeDraft({
      path: field("path").value, title: field("title").value, text: field("text").value, photos,
    });
    say("kept", true);
    say("not-kept", false);
  } catch {
    say("kept", false);
    say("not-kept", true); // no room, or a private window
  }
}

// Drawn, because the site's policy lets no picture in but its own.
async function draw(photo, picture) {
  const image = await createImageBitmap(photo).catch(() => null);
  picture.width = 96;
  picture.height = image ? Math.round((96 * image.height) / image.width) : 24;
  if (image) picture.getContext("2d").drawImage(image, 0, 0, picture.width, picture.height);
}

function showPhotos() {
  photoList.replaceChildren(...photos.map((photo, at) => {
    const line = document.createElement("li");
    const picture = document.createElement("canvas");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", photo.name);
    draw(photo, picture);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "govuk-button govuk-button--secondary";
    remove.textContent = photoList.dataset.remove;
    remove.setAttribute("aria-label", `${photoList.dataset.remove}: ${photo.name}`);
    remove.addEventListener("click", () => {
      photos.splice(at, 1);
      showPhotos();
      keep();
    });
    line.append(picture, remove);
    return line;
  }));
}

function showNetwork() {
  say("offline", !navigator.onLine);
  say("online", navigator.onLine);
}

const readPage = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

// Posts one of the ordinary steps as its own page would, and returns the answer.
async function post(step, fill) {
  const address = `/${field("path").value}/${step}`;
  const page = await readPage(await fetch(address));
  const filled = new FormData();
  for (const hidden of page.querySelectorAll("main form:not(.afresh) input[type=hidden]")) {
    filled.set(hidden.name, hidden.value);
  }
  fill(filled);
  return fetch(address, { method: "POST", body: filled });
}

// Hands over one photo after the other; returns those that were refused, each with what was said of it.
async function handPhotosOver() {
  const refused = [];
  for (const photo of photos) {
    const answer = await post("photos", (data) => data.append("photos", photo, photo.name));
    const page = await readPage(answer);
    const problems = page.querySelectorAll(".govuk-error-summary__list li, .flash--error");
    const said = [...problems].map((problem) => problem.textContent.trim()).join(" ");
    if (!answer.ok || said) refused.push({ photo, said });
  }
  return refused;
}

function showRefused(refused) {
  photos = refused.map(({ photo }) => photo);
  showPhotos();
  const list = form.querySelector("[data-refused]");
  list.replaceChildren(...refused.map(({ photo, said }) => {
    const line = document.createElement("li");
    line.textContent = said || photo.name;
    return line;
  }));
  say("refused", true);
}

async function handOver(event) {
  event.preventDefault();
  say("failed", false);
  say("refused", false);
  if (!field("text").value.trim()) {
    say("empty", true);
    field("text").focus();
    return;
  }
  say("empty", false);
  await keep();
  try {
    const taken = await post("words", (data) => {
      data.set("text", field("text").value);
      data.set("title", field("title").value);
    });
    if (!taken.ok) {
      location.assign(`/${field("path").value}/words`); // it says there what is wrong
      return;
    }
    const refused = await handPhotosOver();
    if (refused.length) {
      showRefused(refused);
      await keep();
      return;
    }
    await forgetDraft();
    location.assign(`/${field("path").value}/photos`);
  } catch {
    say("failed", true); // the network went away: it is all still here
  }
}

async function begin() {
  const draft = await readDraft().catch(() => undefined);
  if (draft) {
    for (const name of ["path", "title", "text"]) field(name).value = draft[name];
    photos = draft.photos;
    showPhotos();
    say("kept", true);
  }
  showNetwork();
  addEventListener("online", showNetwork);
  addEventListener("offline", showNetwork);
  form.addEventListener("input", (event) => event.target.type === "file" || keep());
  field("chosen").addEventListener("change", () => {
    photos = [...photos, ...field("chosen").files].slice(0, MOST_PHOTOS);
    field("chosen").value = "";
    showPhotos();
    keep();
  });
  form.addEventListener("submit", handOver);
  form.hidden = false;
}

begin();
