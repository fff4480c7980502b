"use strict";

// Asks the server what if, and shows what it says. Everything is computed there,
// by what the command line runs.
(() => {
  const form = document.getElementById("whatif");
  const status = document.getElementById("whatif-status");
  const command = document.getElementById("whatif-command");
  // On a small screen the verdict comes first.
  if (matchMedia("(max-width: 63.99rem)").matches) form.querySelector("details").open = false;
  status.textContent = document.title + ".";
  let asked = 0, timer, cancel;

  const values = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim() !== ""));

  function ask(delay) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      cancel?.abort();
      cancel = new AbortController();
      try {
        const response = await fetch("compare", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(values()),
          signal: cancel.signal,
        });
        const answer = response.headers.get("Content-Type")?.startsWith("application/json")
          ? await response.json()
          : { errors: [{ name: "", message: `the server answers ${response.status}` }] };
        if (mine === asked) show(answer);
      } catch (e) {
        if (e.name !== "AbortError" && mine === asked) show({ errors: [{ name: "", message: "ambi does not answer any more: is it still running?" }] });
      }
    }, delay);
  }

  function show({ content, command: line, errors = [] }) {
    complain(errors);
    if (!content) {
      status.textContent = errors.length > 1 ? `Not compared: ${errors.length} fields are wrong.` : "Not compared: a field is wrong.";
      return;
    }
    command.textContent = line;
    ambiPage.show(content);
    status.textContent = content.title + ".";
  }

  function complain(errors) {
    for (const field of form.querySelectorAll("[data-field]")) {
      const wrong = errors.filter((e) => e.name === field.dataset.field).map((e) => e.message).join("; ");
      const input = field.querySelector("[name]");
      field.querySelector(".wrong").textContent = wrong;
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    const known = new Set([...form.querySelectorAll("[data-field]")].map((f) => f.dataset.field));
    document.getElementById("whatif-wrong").textContent = errors.filter((e) => !known.has(e.name)).map((e) => e.message).join("; ");
  }

  form.addEventListener("input", (e) => {
    const slider = e.target.dataset.stops ? e.target : null;
    if (slider) {
      const text = slider.parentElement.querySelector("[name]");
      text.value = slider.dataset.stops.split(" ")[slider.value];
    } else {
      // What is typed moves the slider where it is one of its stops.
      const beside = e.target.parentElement.querySelector("[data-stops]");
      const at = beside ? beside.dataset.stops.split(" ").indexOf(e.target.value.trim()) : -1;
      if (at >= 0) beside.value = at;
    }
    ask(slider ? 60 : 250);
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    ask(0);
  });
  form.addEventListener("reset", () => ask(0)); // the fields are reset by the time it asks
  document.getElementById("whatif-copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      status.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(command);
      status.textContent = "Selected: copy it with the keyboard.";
    }
  });
  // A browser that comes back fills the form with what was in it.
  addEventListener("pageshow", (e) => e.persisted && ask(0));
})();
