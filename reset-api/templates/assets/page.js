// Comfort only: every page works without it.
(() => {
  "use strict";

  // The token leaves the address bar, and with it the history and what a screenshot shows.
  const address = document.body.dataset.address;
  if (address) history.replaceState(null, "", address);

  // A second tap must not send a second form. A page that comes back from the browser's memory may send again.
  const sent = new Set();
  document.addEventListener("submit", (event) => {
    if (sent.has(event.target)) event.preventDefault();
    sent.add(event.target);
  });
  addEventListener("pageshow", (event) => {
    sent.clear();
    // What was typed must not wait for whoever presses "back" next.
    for (const field of event.persisted ? document.querySelectorAll("[autocomplete=new-password]") : []) {
      field.value = "";
      field.dispatchEvent(new Event("input"));
    }
  });

  const summary = document.querySelector(".summary");
  // Old browsers know autofocus for fields only.
  if (summary && !("autofocus" in HTMLElement.prototype)) summary.focus();

  // Shows and hides both passwords; they are hidden again before they are sent.
  const toggle = document.querySelector(".show");
  if (toggle) {
    const fields = document.querySelectorAll("input[type=password]");
    const show = (visible) => {
      for (const field of fields) field.type = visible ? "text" : "password";
      toggle.textContent = visible ? toggle.dataset.hide : toggle.dataset.show;
      toggle.setAttribute("aria-pressed", String(visible));
    };
    toggle.hidden = false;
    toggle.addEventListener("click", () => show(toggle.getAttribute("aria-pressed") !== "true"));
    toggle.form.addEventListener("submit", () => show(false));
  }

  // Marks the rule about length as soon as it is met. Characters are counted as the server counts them.
  const rule = document.querySelector("[data-rule=length]");
  const password = document.getElementById("new-password");
  if (rule && password) {
    const judge = () => {
      const met = [...password.value.normalize("NFC")].length >= Number(rule.dataset.least);
      rule.classList.toggle("met", met);
    };
    password.addEventListener("input", judge);
    judge();
  }

  // Counts down until asking again is of use.
  const resend = document.querySelector("[data-seconds]");
  if (resend) {
    const label = resend.textContent;
    const ends = Date.now() + Number(resend.dataset.seconds) * 1000;
    const note = document.querySelector("[data-without-script]");
    if (note) note.hidden = true;
    const tick = () => {
      const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      resend.disabled = left > 0;
      resend.textContent = left > 0 ? resend.dataset.waiting.replace("{time}", time) : label;
      if (left > 0) setTimeout(tick, 250);
    };
    tick();
  }

  // Says the link's end in the visitor's own time.
  const until = document.querySelector("[data-until]");
  if (until) {
    const end = new Date(Number(until.dataset.until) * 1000);
    const today = end.toDateString() === new Date().toDateString();
    const style = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    // The page's language, and of that the region the visitor prefers. Digits are those of the page's other numbers.
    const written = (tag) => new Intl.Locale(tag).maximize();
    const page = written(document.documentElement.lang);
    const isAlike = (tag) => written(tag).language === page.language && written(tag).script === page.script;
    const languages = [...navigator.languages.filter(isAlike), document.documentElement.lang];
    const time = new Intl.DateTimeFormat(languages, { ...style, numberingSystem: "latn" }).format(end);
    until.textContent = until.dataset.text.replace("{time}", time);
  }
})();
