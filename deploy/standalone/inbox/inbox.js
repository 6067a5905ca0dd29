// Everything a mail says reaches this page as text (`textContent`), never as markup; its HTML is shown by a
// frame without rights. The one place that parses it, to find its links, makes a document that runs nothing. Its
// styles are taken out before, because the browser reports each of them as blocked.
const createHTML = (html) => html.replace(/<style/gi, "<s").replace(/\sstyle\s*=/gi, " title=");
const inert = globalThis.trustedTypes?.createPolicy("inert", { createHTML }) ?? { createHTML };
const $ = (id) => document.getElementById(id);
const STEP = 100;
const state = { limit: STEP, query: "", open: null, tab: "html", width: null, round: 0 };

async function api(path, options) {
  const response = await fetch(`/api/v1/${path}`, options);
  if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
  return response;
}
const json = async (path) => (await api(path)).json();

// The list.

async function refresh() {
  const round = ++state.round;
  const where = state.query ? `search?query=${encodeURIComponent(state.query)}&` : "messages?";
  const list = await json(`${where}limit=${state.limit}`);
  if (round !== state.round) return;
  showList(list);
}

function showList(list) {
  const rows = new Map([...$("mails").children].map((row) => [row.dataset.id, row]));
  const wanted = list.messages.map((mail) => mailRow(rows.get(mail.ID), mail));
  // Rows that stay are left in place, so that the keyboard's focus stays too.
  rows.forEach((row) => wanted.includes(row) || row.remove());
  wanted.forEach((row, index) => {
    const there = $("mails").children[index];
    if (there !== row) $("mails").insertBefore(row, there ?? null);
  });
  $("mail-count").textContent = list.messages_count;
  $("more").hidden = list.messages_count <= list.messages.length;
  $("no-mails").hidden = list.total > 0;
  $("nothing-found").hidden = list.total === 0 || list.messages_count > 0;
  $("delete-all").hidden = list.total === 0;
  document.title = list.unread ? `(${list.unread}) Inbox` : "Inbox";
}

function mailRow(row, mail) {
  row ??= $("mail-row").content.firstElementChild.cloneNode(true);
  row.dataset.id = mail.ID;
  const link = row.querySelector("a");
  link.href = `#${mail.ID}`;
  link.toggleAttribute("data-unread", !mail.Read);
  markOpen(link, mail.ID);
  const to = [...mail.To, ...mail.Cc, ...mail.Bcc].map((mailbox) => mailbox.Address);
  fill(row, ".who", `${mail.From.Name || mail.From.Address || "(no sender)"} → ${to.join(", ")}`);
  fill(row, ".what", mail.Subject || "(no subject)");
  fill(row, ".snippet", mail.Snippet || "\u00a0");
  fillTime(row, mail.Created);
  return row;
}

function markOpen(link, id) {
  if (id === state.open) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

const fill = (row, selector, text) => (row.querySelector(selector).textContent = text);

function fillTime(row, instant) {
  const time = row.querySelector("time");
  const at = new Date(instant);
  const today = at.toDateString() === new Date().toDateString();
  time.dateTime = instant;
  time.title = at.toLocaleString();
  time.textContent = today
    ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    : at.toLocaleDateString([], { day: "numeric", month: "short" });
}

// The account events.

async function refreshEvents() {
  const { events } = await json("account-events?limit=50");
  $("events").replaceChildren(...events.map(eventRow));
  $("event-count").textContent = events.length;
  $("no-events").hidden = events.length > 0;
}

function eventRow(event) {
  const row = $("event-row").content.firstElementChild.cloneNode(true);
  row.toggleAttribute("data-broken", Boolean(event.Error));
  fill(row, ".kind", event.Error ? "Unreadable event" : event.Kind.replace(/(?<=[a-z])[A-Z]/g, (c) => ` ${c.toLowerCase()}`));
  const detail = `${event.AppID} · credentials version ${event.CredentialsVersion}\naccount ${event.AccountID}`;
  fill(row, ".detail", event.Error ?? detail);
  fillTime(row, event.ChangedAt ?? event.PublishedAt);
  return row;
}

// The open mail.

async function openMail() {
  const id = location.hash.slice(1) || null;
  state.open = id;
  document.querySelectorAll(".row").forEach((link) => markOpen(link, link.parentElement.dataset.id));
  document.body.dataset.view = id ? "mail" : "list";
  const mail = id ? await json(`message/${encodeURIComponent(id)}`).catch(goneOrFail) : null;
  if (state.open !== id) return;
  $("mail").hidden = !mail;
  $("welcome").hidden = Boolean(mail);
  if (mail) showMail(mail);
}

function goneOrFail(error) {
  if (error.status !== 404 && error.status !== 400) throw error;
  location.hash = "";
  return null;
}

function showMail(mail) {
  state.mail = mail;
  $("subject").textContent = mail.Subject || "(no subject)";
  $("facts").replaceChildren(...facts(mail).flatMap(([name, value, rare]) => fact(name, value, rare)));
  $("own-tab").hidden = !mail.HTML;
  $("own-tab").href = `/view/${mail.ID}.html`;
  showLinks(links(mail));
  $("tab-html").disabled = !mail.HTML;
  state.width ??= $("panel").clientWidth < 632 ? "360" : "600";
  showTab(state.tab === "html" && !mail.HTML ? "text" : state.tab);
  $("subject").focus({ preventScroll: true });
}

function facts(mail) {
  const people = (list) => list.map(({ Name, Address }) => (Name ? `${Name} <${Address}>` : Address)).join(", ");
  const files = [...mail.Inline, ...mail.Attachments].map((file) => `${file.FileName || file.ContentType} (${size(file.Size)})`);
  const all = [
    ["From", people([mail.From])],
    ["To", people(mail.To)],
    ["Cc", people(mail.Cc)],
    ["Bcc", people(mail.Bcc)],
    ["Reply to", people(mail.ReplyTo), true],
    ["Date", `${new Date(mail.Date).toLocaleString()} · ${size(mail.Size)}`, true],
    ["Files", files.join(", ")],
  ];
  return all.filter(([, value]) => value);
}

function fact(name, value, rare) {
  return [["dt", name], ["dd", value]].map(([tag, text]) => {
    const element = Object.assign(document.createElement(tag), { textContent: text });
    element.classList.toggle("rare", Boolean(rare));
    return element;
  });
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// Links: web addresses only, whatever else a mail calls a link.

function links(mail) {
  const parsed = new DOMParser().parseFromString(inert.createHTML(mail.HTML), "text/html");
  const found = new Map();
  const add = (url, label) => {
    if (/^https?:\/\//i.test(url) && URL.canParse(url) && !found.get(url)) found.set(url, label.trim());
  };
  parsed.querySelectorAll("a[href]").forEach((a) => add(a.getAttribute("href").trim(), a.textContent));
  for (const [url] of mail.Text.matchAll(/https?:\/\/[^\s<>"'\]]+[^\s<>"'\].,;:!?)]/gi)) add(url, "");
  return [...found];
}

function showLinks(list) {
  $("links-box").hidden = list.length === 0;
  $("links-box").open = list.length <= 3 && !matchMedia("(max-width: 860px)").matches;
  $("link-count").textContent = list.length;
  $("links").replaceChildren(...list.map(linkRow));
}

function linkRow([url, label]) {
  const row = $("link-row").content.firstElementChild.cloneNode(true);
  row.querySelector("a").href = url;
  fill(row, ".label", label === url ? "" : label);
  fill(row, ".url", url);
  const copy = row.querySelector("button");
  copy.setAttribute("aria-label", `Copy ${label || url}`);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(url);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  return row;
}

// Tabs and widths.

const panels = {
  html(mail) {
    // A new frame each time: a frame that is sent elsewhere leaves an entry in the browser's history.
    const frame = $("frame").content.firstElementChild.cloneNode(true);
    frame.src = `/view/${mail.ID}.html`;
    return frame;
  },
  text: (mail) => pre(mail.Text || "(no text part)"),
  source: async (mail) => pre(await (await api(`message/${mail.ID}/raw`)).text()),
  async headers(mail) {
    const map = Object.entries(await json(`message/${mail.ID}/headers`));
    const list = document.createElement("dl");
    list.append(...map.flatMap(([name, values]) => values.flatMap((value) => fact(name, value))));
    return list;
  },
};

const pre = (text) => Object.assign(document.createElement("pre"), { textContent: text });

async function showTab(tab) {
  const mail = state.mail;
  for (const button of $("tabs").children) {
    const chosen = button.dataset.tab === tab;
    button.setAttribute("aria-selected", chosen);
    button.tabIndex = chosen ? 0 : -1;
  }
  state.shown = tab;
  $("panel").setAttribute("aria-labelledby", `tab-${tab}`);
  $("widths").hidden = tab !== "html";
  showWidth();
  const content = await panels[tab](mail);
  if (state.mail === mail && state.shown === tab) $("panel").replaceChildren(content);
}

function showWidth() {
  $("panel").dataset.width = state.width;
  for (const button of $("widths").children) button.setAttribute("aria-pressed", button.dataset.width === state.width);
}

$("tabs").addEventListener("click", ({ target }) => {
  if (target.dataset.tab) showTab((state.tab = target.dataset.tab));
});
$("tabs").addEventListener("keydown", ({ key }) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  const tabs = [...$("tabs").children].filter((tab) => !tab.disabled);
  const next = step && tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
  next?.focus();
  next?.click();
});
$("widths").addEventListener("click", ({ target }) => {
  if (!target.dataset.width) return;
  state.width = target.dataset.width;
  showWidth();
});

// Buttons.

const theme = (name) => (document.documentElement.dataset.theme = name);
if (localStorage.getItem("theme")) theme(localStorage.getItem("theme"));
$("theme").addEventListener("click", () => {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const next = (document.documentElement.dataset.theme ?? system) === "dark" ? "light" : "dark";
  localStorage.setItem("theme", theme(next));
});

$("delete-all").addEventListener("click", () => $("sure").showModal());
$("sure-no").addEventListener("click", () => $("sure").close());
$("sure-yes").addEventListener("click", async () => {
  $("sure").close();
  await api("messages", { method: "DELETE" });
  location.hash = "";
});
$("delete").addEventListener("click", async () => {
  await api("messages", { method: "DELETE", body: JSON.stringify({ IDs: [state.open] }) });
  location.hash = "";
});
$("more").addEventListener("click", () => {
  state.limit += STEP;
  refresh();
});
let typing;
$("query").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    state.query = $("query").value.trim();
    // A lone "to:" is no search yet; the server says so, and the list stays.
    refresh().catch(() => {});
  }, 150);
});
window.addEventListener("hashchange", openMail);

// Live.

const changes = new EventSource("/changes");
const live = (name, text) => Object.assign($("live"), { textContent: text }).setAttribute("data-state", name);
changes.addEventListener("open", () => live("live", "Live"));
changes.addEventListener("error", () => live("lost", "Reconnecting"));
changes.addEventListener("change", () => {
  refresh().catch(() => {});
  refreshEvents().catch(() => {});
});
// Account events come from the queue, which does not tell this page of them.
setInterval(() => document.hidden || refreshEvents().catch(() => {}), 3000);

const info = await json("info");
$("smtp-address").textContent = info.SmtpAddress;
$("smtp-hint").hidden = !info.SmtpAddress;
$("wait-hint").textContent = `curl '${location.origin}/api/v1/wait?to=ada@example.org'`;
await openMail();
