// "Near me": asks the device where it is, and narrows the list to what is around.

const part = document.querySelector("[data-near-me]");
const select = document.querySelector("select[name=near]");

if (part && select && navigator.geolocation) {
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const point = `${coords.latitude.toFixed(4)},${coords.longitude.toFixed(4)}`;
        select.add(new Option(point, point, true, true));
        select.form.submit();
      },
      () => {
        part.querySelector("[role=status]").textContent = part.dataset.notTold;
      },
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  });
}
