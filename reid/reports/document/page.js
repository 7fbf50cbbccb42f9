"use strict";
(() => {
  const number = (text) => {
    const found = text.replace(/,/g, "").replace(/\u2212/g, "-").match(/^[^\d-]*(-?\d+(\.\d+)?)/);
    return found ? Number(found[1]) : NaN;
  };
  const make = (tag, text) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  /* Tables whose lines may stand in another order. */
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, place) => {
      const button = make("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const lines = [...body.rows].filter((row) => row.cells.length === heads.length);
        const told = lines.map((row) => row.cells[place].textContent);
        const numeric = lines.some((row) => row.cells[place].classList.contains("number"));
        const order = lines.map((_, n) => n).sort((one, two) => {
          if (!numeric) return (up ? 1 : -1) * told[one].localeCompare(told[two], "en");
          const [a, b] = [number(told[one]), number(told[two])];
          if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
          return (up ? 1 : -1) * (a - b);
        });
        body.prepend(...order.map((n) => lines[n]));
      });
    });
  }

  /* Which logs the tables show. */
  const place = document.getElementById("logs");
  const logs = place ? [...place.querySelectorAll("bdi")].map((each) => each.textContent) : [];
  if (logs.length > 1) {
    const box = make("fieldset");
    box.append(make("legend", "Show in the tables"));
    for (const log of logs) {
      const label = make("label");
      const tick = make("input");
      tick.type = "checkbox";
      tick.checked = true;
      tick.addEventListener("change", () => {
        for (const part of document.querySelectorAll("[data-log]")) {
          if (part.dataset.log === log) part.hidden = !tick.checked;
        }
      });
      label.append(tick, " ", make("bdi", log));
      box.append(label);
    }
    place.after(box);
  }

  /* Rates among another number of people, read off between the lines of their table. */
  for (const region of document.querySelectorAll("[data-role=people]")) {
    const table = region.querySelector("table");
    const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
    const lines = [...table.tBodies[0].rows].map((row) => ({
      people: number(row.cells[0].textContent),
      rates: [...row.cells].slice(1).map((cell) => ("value" in cell.dataset ? Number(cell.dataset.value) : NaN)),
    }));
    if (lines.length < 2) continue;
    const fewest = Math.log(lines[0].people);
    const most = Math.log(lines[lines.length - 1].people);
    const box = make("fieldset");
    const label = make("label", "Among how many people is each looked for?");
    const slider = make("input");
    const told = make("output");
    Object.assign(slider, { type: "range", min: 0, max: 1000, value: 500 });
    const show = () => {
      const at = fewest + ((most - fewest) * Number(slider.value)) / 1000;
      const people = Math.round(Math.exp(at));
      const after = Math.max(lines.findIndex((line) => line.people >= people), 1);
      const [one, two] = [lines[after - 1], lines[after]];
      const share = (Math.log(people) - Math.log(one.people)) / (Math.log(two.people) - Math.log(one.people));
      const said = names.map((name, n) => {
        const rate = one.rates[n] + share * (two.rates[n] - one.rates[n]);
        return `${name}: ` + (Number.isNaN(rate) ? "not measured" : `about ${Math.floor(100 * rate)} in 100`);
      });
      told.textContent = `Among ${people.toLocaleString("en")} people, at first guess: ${said.join("; ")}.`;
      slider.setAttribute("aria-valuetext", `${people.toLocaleString("en")} people`);
    };
    slider.addEventListener("input", show);
    label.append(slider);
    box.append(make("legend", "Your own number of people"), label, told);
    region.before(box);
    show();
  }
})();
