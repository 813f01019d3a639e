// Maps: a drawn plan or tiles, with a pin to set, with one that is set, or with those of a list.
// Whatever a map shows stands beside it in words; without this script the page is complete.

const { L } = window;
const CLOSE = 17;
const SHAPE = '<svg viewBox="0 0 36 48" aria-hidden="true"><path d="M18 47C13 35 2 29 2 17a16 16 0 0 1 32 0c0 12-11 18-16 30z"/></svg>';

function drawMap(frame) {
  const { plans, tiles, view } = JSON.parse(frame.dataset.map);
  frame.hidden = false;
  const map = L.map(frame, {
    attributionControl: Boolean(tiles.href),
    maxZoom: 19,
    scrollWheelZoom: false,
    zoomControl: false,
    zoomSnap: tiles.href ? 1 : 0.1,
  });
  const { zoomIn, zoomOut } = frame.dataset;
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  frame.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  frame.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  if (tiles.href) {
    map.attributionControl.setPrefix(false);
    L.tileLayer(tiles.href, { attribution: asText(tiles.attribution), maxZoom: 19 }).addTo(map);
  }
  for (const { href, bounds } of plans) L.imageOverlay(href, bounds).addTo(map);
  if (!tiles.href) keepOnPlans(map, plans);
  map.fitBounds(view);
  return map;
}

function asText(words) {
  const element = document.createElement("span");
  element.textContent = words;
  return element.innerHTML;
}

function keepOnPlans(map, plans) {
  const all = plans.reduce((bounds, plan) => bounds.extend(plan.bounds), L.latLngBounds([]));
  map.setMinZoom(map.getBoundsZoom(all));
  map.setMaxBounds(all.pad(0.25));
}

// Pins of one place stand side by side: `step` says which this is.
function pinIcon(number = "", step = 0) {
  return L.divIcon({
    className: "map-pin",
    html: `${SHAPE}<span>${number}</span>`,
    iconSize: [36, 48],
    iconAnchor: [18 - 26 * step, 47],
  });
}

const pointOf = (text) => text.split(",").map(Number);

function letPinBeSet(section) {
  const field = section.closest("form").elements.pin;
  const part = (name) => section.querySelector(`[data-${name}]`);
  const positions = JSON.parse(section.dataset.positions);
  section.hidden = false;
  part("by-script").hidden = false;
  part("without-script")?.remove();
  const map = drawMap(part("map"));
  const marker = L.marker(map.getCenter(), { icon: pinIcon(), draggable: true, keyboard: false });

  const say = (words) => {
    part("state").textContent = words;
    part("note")?.remove();
  };
  const put = (point) => {
    const { lat, lng } = L.latLng(point).wrap();
    marker.setLatLng([lat, lng]).addTo(map);
    field.value = `${lat.toFixed(5)},${lng.toFixed(5)}`;
    part("remove").hidden = false;
  };
  const set = (point) => {
    put(point);
    say(section.dataset.set);
  };
  const remove = () => {
    marker.remove();
    field.value = "";
    say(section.dataset.removed);
    part("middle").focus();
    part("remove").hidden = true;
  };
  const goTo = (code) => {
    if (!field.value && positions[code]) map.setView(positions[code], CLOSE - 1);
  };

  map.on("click", (event) => set(event.latlng));
  marker.on("dragend", () => set(marker.getLatLng()));
  part("middle").addEventListener("click", () => set(map.getCenter()));
  part("remove").addEventListener("click", remove);
  part("here").hidden = !navigator.geolocation;
  part("here").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set([coords.latitude, coords.longitude]);
        map.setView(marker.getLatLng(), CLOSE);
      },
      () => say(section.dataset.notTold),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  });
  section.closest("form").addEventListener("change", ({ target }) => {
    if (target.name === "place" || target.name === "spot") goTo(target.value);
  });
  const chosen = new FormData(section.closest("form"));
  goTo(chosen.get("place"));
  goTo(chosen.get("spot"));
  if (field.value) {
    put(pointOf(field.value));
    map.setView(marker.getLatLng(), CLOSE);
  }
}

function showPin(frame) {
  const map = drawMap(frame);
  L.marker(pointOf(frame.dataset.at), { icon: pinIcon(), keyboard: false }).addTo(map);
}

// The list beside is the way for keyboard and screen reader, so the pins take no focus.
function showList(frame, entries) {
  const map = drawMap(frame);
  const pins = new Map();
  const steps = {};
  for (const entry of entries) {
    const { at, number } = entry.dataset;
    steps[at] = steps[at] ?? 0;
    const icon = pinIcon(number, steps[at]++);
    const pin = L.marker(pointOf(at), { icon, keyboard: false, riseOnHover: true }).addTo(map);
    pins.set(entry, pin);
    const light = (move) => {
      for (const [other, itsPin] of pins) {
        other.classList.toggle("is-lit", other === entry);
        itsPin.getElement().classList.toggle("is-lit", other === entry);
        itsPin.setZIndexOffset(other === entry ? 1000 : 0);
      }
      if (move && !map.getBounds().contains(pin.getLatLng())) map.panTo(pin.getLatLng());
    };
    entry.addEventListener("focusin", () => light(true));
    entry.addEventListener("click", () => light(true));
    entry.addEventListener("mouseenter", () => light(false));
    pin.on("click", () => entry.querySelector("a").focus());
  }
  const { around } = frame.dataset;
  if (around) {
    const [latitude, longitude, radius] = pointOf(around);
    const circle = L.circle([latitude, longitude], { radius, className: "map-near", interactive: false });
    map.fitBounds(circle.addTo(map).getBounds());
  } else if (pins.size) {
    map.fitBounds(L.featureGroup([...pins.values()]).getBounds(), { paddingTopLeft: [60, 48], paddingBottomRight: [20, 12], maxZoom: CLOSE });
  }
}

const showPins = (part) => part.querySelectorAll(".map[data-at]").forEach(showPin);

for (const section of document.querySelectorAll("[data-pin]")) letPinBeSet(section);
showPins(document);
document.addEventListener("shown", (event) => showPins(event.target)); // what desk.js put into the page
for (const frame of document.querySelectorAll(".map[data-list]")) {
  showList(frame, document.querySelectorAll("li[data-at]"));
}
