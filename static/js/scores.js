// Saves a panellist's draft while they write. Without this the button saves it.

const AFTER = 2000; // milliseconds of rest
const form = document.querySelector("[data-scores]");

if (form) {
  const note = form.querySelector("[data-saved]");
  let waiting = 0;
  let busy = false;
  let leaving = false;

  const save = async () => {
    if (busy || leaving) return plan();
    busy = true;
    const sent = new FormData(form);
    sent.set("move", "save");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: sent, credentials: "same-origin", headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      note.textContent = said.text || said.error;
      if (answer.ok) form.elements.seen.value = said.seen;
    } catch {
      note.textContent = form.dataset.unsaved;
    }
    busy = false;
  };

  const plan = () => {
    clearTimeout(waiting);
    if (!leaving) waiting = setTimeout(save, AFTER);
  };

  form.addEventListener("input", plan);
  form.addEventListener("submit", (event) => {
    if (busy) { // the draft on its way has another revision than the page
      event.preventDefault();
      const again = event.submitter;
      setTimeout(() => form.requestSubmit(again), 100);
      return;
    }
    leaving = true;
    clearTimeout(waiting);
  });
  addEventListener("pageshow", () => { leaving = false; });
}
