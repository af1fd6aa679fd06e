// Buttons on a page's cards. Without a script the page lacks nothing but them.

const CAUSES = [
  [/ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull/, "image"],
  [/OOMKilled/, "memory"],
  [/CrashLoopBackOff|RunContainerError|StartError/, "crash"],
  [/CreateContainerConfigError/, "config"],
  [/\bPending\b/, "pending"],
  [/ContainerCreating|PodInitializing|\bInit:/, "starting"],
  [/cannot start any token/, "tab"],
  [/no matches for kind/, "kind"],
  [/AlreadyExists|already exists/, "exists"],
  [/\(NotFound\)|not found/, "absent"],
  [/forbidden/i, "forbidden"],
  [/connection .*refused|failed to connect|couldn't connect/i, "refused"],
  [/No resources found/, "empty"],
  [/command not found/, "program"],
];
const PROMPT = /^\s*(?:\S+@\S+[^$#%]*[$#%]|[$❯➜])\s+/;

const say = (key, values = {}) =>
  WORDS[key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// --- Copying what runs ---

const ranIn = (step) => step.querySelector(":scope > .kdocs-ran > code") ??
  step.querySelector(":scope > .kdocs-command > code");

const commandsOf = (card) =>
  [...card.querySelectorAll(":scope > .kdocs-step")].map(ranIn).filter(Boolean)
    .map((code) => code.textContent.trim());

function icon(...paths) {
  const element = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);
  const drawing = element("svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", "kdocs-icon");
  drawing.setAttribute("aria-hidden", "true");
  for (const each of paths) {
    const path = element("path");
    path.setAttribute("d", each);
    drawing.append(path);
  }
  return drawing;
}

function addCopy(place, text, small, what = small && text.trim()) {
  if (!place || !text || !navigator.clipboard) return;
  const kind = small ? "kdocs-button kdocs-copy" : "kdocs-button";
  const faces = small
    ? { copy: icon("M5.5 5.5h8v8h-8z", "M10.5 3v-.5h-8v8H3"), copied: icon("m3 8.5 3.2 3.2L13 4.8") }
    : { copy: say("copy"), copied: say("copied") };
  const button = make("button", { type: "button", class: kind }, faces.copy);
  const told = make("span", { class: "kdocs-hidden", role: "status" });
  if (what) button.setAttribute("aria-label", `${say("copy")}: ${what}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.replaceChildren(faces.copied);
    told.textContent = say("copied");
    setTimeout(() => {
      button.replaceChildren(faces.copy);
      told.textContent = "";
    }, 2000);
  });
  place.append(button, told);
}

// All commands of a card from its head; where there are several, each from its own line.
function addCopies(card) {
  const commands = commandsOf(card);
  addCopy(card.querySelector(":scope > .kdocs-head"), commands.length && `${commands.join("\n")}\n`);
  if (commands.length < 2) return;
  for (const step of card.querySelectorAll(":scope > .kdocs-step")) {
    const command = ranIn(step);
    const line = step.querySelector(":scope > .kdocs-command");
    if (command) addCopy(line, `${command.textContent.trim()}\n`, true);
  }
}

// --- Manifests ---

const manifestOf = (card) =>
  [...card.querySelectorAll(":scope > :not(.kdocs-head, .kdocs-apply) pre > code")].at(-1);

// The site may not know its own address; the browser does.
function addApply(card) {
  const line = card.querySelector(":scope > .kdocs-apply > code");
  if (!line) return;
  const address = line.querySelector("span");
  const file = card.querySelector(":scope > .kdocs-head > a[download]");
  if (!address.textContent.includes("://") && /^http/.test(file.protocol)) {
    address.textContent = file.href;
  }
  addCopy(line.parentElement, `${line.textContent}\n`, false, line.textContent);
}

// One stop for the keyboard a file, whatever the number of its lines.
function chooseLine(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.target.matches(".kdocs-line")) return;
  const lines = [...event.currentTarget.querySelectorAll(".kdocs-line")];
  const next = lines[lines.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.removeAttribute("aria-hidden");
  next.setAttribute("aria-label", say("line", { line: lines.indexOf(next) + 1 }));
  next.focus();
}

// --- Compare mine ---

// A terminal's text without the prompt and the command: what came out of it.
function outputIn(text, command) {
  const lines = text.replaceAll("\r", "").replace(/\s+$/, "").split("\n");
  const bare = (line) => line.replace(PROMPT, "").trim();
  while (lines.length && (!lines[0].trim() || bare(lines[0]) === command)) lines.shift();
  while (lines.length && PROMPT.test(`${lines.at(-1)} `) && !bare(`${lines.at(-1)} `)) lines.pop();
  return lines.join("\n");
}

function table(differences) {
  const head = ["column", "mine", "ours"].map((key) => make("th", { scope: "col" }, say(key)));
  const rows = differences.map((each) =>
    make("tr", {},
      make("th", { scope: "row" }, each.column || say("line", { line: each.line + 1 })),
      make("td", {}, make("code", {}, each.written || say("nothing"))),
      make("td", {}, make("code", {}, each.real || say("nothing")))));
  return make("table", { class: "kdocs-differences" },
    make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

// `0/1`: what is on its way is no difference, and yet the reader waits for it.
const unready = (text) => [...text.matchAll(/\s(\d+)\/(\d+)\s/g)].some(([, a, b]) => +a < +b);

function judge(mine, ours) {
  const found = compare(mine, ours);
  const usual = normal(mine, ours).map((each) => each || say("line_values"));
  const said = [];
  said.push(make("p", {}, make("b", {}, found.length ? say("differs", { count: found.length }) : say("same"))));
  if (found.length) said.push(table(found));
  const causes = CAUSES.filter(([each]) => each.test(mine) && !each.test(ours));
  const keys = found.length ? causes.map(([, key]) => key) : [];
  if (!keys.length && unready(mine) && !unready(ours)) keys.push("unready");
  for (const key of keys) said.push(make("p", { class: "kdocs-cause" }, say(`why.${key}`)));
  if (usual.length) said.push(make("p", {}, say("usual", { columns: usual.join(", ") })));
  return said;
}

function addCompare(step, headed) {
  const ours = ".kdocs-output:not(.kdocs-output--written) > samp";
  const output = step.querySelector(`:scope > ${ours}, :scope > .kdocs-both ${ours}`);
  // Documents are held against each other field by field, which only outputs can.
  if (!output || one.document.test(output.textContent)) return;
  const command = step.querySelector(":scope > .kdocs-command > code")?.textContent.trim() ?? "";
  const ran = step.querySelector(":scope > .kdocs-ran > code")?.textContent.trim() ?? command;
  const box = make("textarea", { rows: "5", spellcheck: "false", autocomplete: "off",
    "aria-label": say("paste") });
  const result = make("div", { class: "kdocs-verdict", role: "status" });
  box.addEventListener("input", () => {
    const mine = outputIn(outputIn(box.value, command), ran);
    result.replaceChildren(...(mine.trim() ? judge(mine, output.textContent) : []));
  });
  const mine = make("details", { class: "kdocs-mine" },
    make("summary", {}, say(headed ? "paste" : "compare")), box, make("p", {}, say("private")), result);
  step.append(mine);
  return mine;
}

// One quiet button a card, whatever the number of its outputs.
function offerCompare(card) {
  const head = card.querySelector(":scope > .kdocs-head");
  const steps = [...card.querySelectorAll(":scope > .kdocs-step")];
  const all = steps.map((step) => addCompare(step, Boolean(head))).filter(Boolean);
  if (!head || !all.length) return;
  for (const each of all) each.hidden = true;
  all[0].open = all.length === 1;
  const button = make("button", { type: "button", class: "kdocs-button", "aria-expanded": "false" },
    say("compare"));
  button.addEventListener("click", () => {
    const shown = all[0].hidden;
    for (const each of all) each.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
    if (shown && all.length === 1) all[0].querySelector("textarea").focus();
  });
  head.append(button);
}

function begin() {
  for (const card of document.querySelectorAll(".kdocs-card")) {
    if (card.dataset.kdocsReady) continue;
    card.dataset.kdocsReady = "1";
    const manifest = card.classList.contains("kdocs-file") && manifestOf(card);
    offerCompare(card);
    if (!manifest) {
      addCopies(card);
      continue;
    }
    addCopy(card.querySelector(":scope > .kdocs-head"), `${manifest.textContent.trimEnd()}\n`);
    addApply(card);
    card.addEventListener("keydown", chooseLine);
  }
}

// Material tells of pages that it loads without the browser's help.
if (window.document$) window.document$.subscribe(begin);
else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
