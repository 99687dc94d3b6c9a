// A slider over time for the roll: moves the `as_of` of the address. Without it the date field does the same.
const holder = document.getElementById("slider");
const field = document.getElementById("as_of");
if (holder && field) {
  const day = 86400000;
  const first = Date.parse(holder.dataset.first);
  const last = Date.parse(holder.dataset.last);
  const label = document.createElement("label");
  label.htmlFor = "as_of_slider";
  label.textContent = "Move through time";
  const slider = document.createElement("input");
  slider.type = "range";
  slider.id = "as_of_slider";
  slider.min = "0";
  slider.max = String(Math.round((last - first) / day));
  slider.value = String(Math.round((Date.parse(holder.dataset.now) - first) / day));
  slider.className = "wide";
  const shown = document.createElement("output");
  const date = () => new Date(first + Number(slider.value) * day).toISOString().slice(0, 10);
  shown.textContent = date();
  slider.setAttribute("aria-valuetext", date());
  slider.addEventListener("input", () => {
    shown.textContent = date();
    slider.setAttribute("aria-valuetext", date());
  });
  slider.addEventListener("change", () => {
    field.value = date();
    field.form.submit();
  });
  holder.append(label, slider, shown);
}
