// A reader's output against the recorded one, as kdocs_plugin/outputs compares them: tables
// column by column, everything else line by line. RULES are outputs' own, put in at build
// time; tests/golden/comparison holds both implementations.

const pattern = ([source, flags]) => new RegExp(source, flags);
const scrubs = RULES.scrubs.map(([source, flags, mark]) => [pattern([source, flags]), mark]);
const provenance = RULES.provenance.map(([s, flags, mark]) => [pattern([s, flags]), mark]);
const one = Object.fromEntries(
  Object.entries(RULES.patterns).map(([name, each]) => [name, pattern(each)]),
);
const sets = Object.fromEntries(
  Object.entries(RULES.sets).map(([name, each]) => [name, new Set(each)]),
);
const CUT = RULES.cut;
const ANYTHING = RULES.anything;

const words = (text) => text.trim().split(/\s+/).filter(Boolean);
const digits = (text) => /^\d+$/.test(text);

// --- What changes from run to run ---

export function normalise(text) {
  text = text.replace(one.passingLines, "");
  for (let before = null; before !== text; ) {
    before = text;
    for (const [each, mark] of scrubs) text = text.replace(each, mark);
    text = text.split("\n").map((line) => line.replace(/[ \t]+/g, " ").trim()).join("\n");
  }
  return text;
}

function comparable(line) {
  line = normalise(line);
  for (const [each, mark] of provenance) line = line.replace(each, mark);
  return line;
}

const agree = (written, real) =>
  written === real ||
  standsFor(real, written, ["<namespace>", "[redacted]"]) ||
  standsFor(written, real, CUT);

function standsFor(text, other, marks) {
  const found = text.match(one.open) ?? [];
  if (!marks.some((mark) => found.includes(mark)) || found.length > RULES.most) return false;
  let made = "";
  text.split(one.open).forEach((part, number) => {
    const mark = found[number] ?? "";
    if (CUT.includes(mark)) part = part.trimEnd();
    made += escape(made.endsWith(".*") ? part.trimStart() : part);
    made += marks.includes(mark) ? ANYTHING[mark] : escape(mark);
  });
  return new RegExp(`^(?:${made})$`).test(other);
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isCut = (line) => one.cutLine.test(line.trim());

// --- Taking output apart ---

function columns(line) {
  line = line.trim();
  const mark = CUT.find((each) => line.endsWith(` ${each}`)) ?? "";
  const rest = mark ? line.slice(0, -mark.length).trimEnd() : line;
  return [...rest.split(/\s{2,}|\t/), mark].filter(Boolean);
}

function isTableHead(line) {
  const first = line.charAt(0);
  if (!first || first === first.toLowerCase() || line !== line.trim()) return false;
  const headings = columns(line);
  if (CUT.includes(headings.at(-1))) headings.pop();
  if (!headings.every((each) => one.heading.test(each))) return false;
  const named = words(line);
  return headings.length > 1 || (named.length > 2 && sets.firstHeadings.has(named[0]));
}

const restored = (text) => words(text).map((each) => each.replaceAll("\0", " "));
const narrowHead = (head) => restored(head.replace(one.twoWords, (x) => x.replace(" ", "\0")));
const narrowRow = (line) => restored(line.replace(one.ago, "$1\0($2\0ago)"));

function readerOf(head) {
  let heads = columns(head);
  const narrow = heads.length === 1;
  if (narrow) heads = narrowHead(head);
  const starts = [];
  for (let at = 0, number = 0; number < heads.length; number++) {
    starts.push(head.indexOf(heads[number], at));
    at = starts[number] + heads[number].length;
  }
  const below = (line) => starts.slice(1).every((at) => [undefined, " "].includes(line[at - 1]));
  const cells = (line) => {
    let values = narrow ? narrowRow(line) : columns(line);
    if (values.length !== heads.length && !narrow) {
      const split = narrowRow(line);
      if (below(line)) values = starts.map((at, n) => line.slice(at, starts[n + 1]).trim());
      else if (split.length === heads.length) values = split;
    }
    return Object.fromEntries(heads.slice(0, values.length).map((each, n) => [each, values[n]]));
  };
  return [heads, cells];
}

function takenApart(text) {
  const parts = { lines: new Map(), tables: [] };
  let cells = null;
  text.split("\n").forEach((line, number) => {
    if (isTableHead(line.trim())) {
      const [heads, reader] = readerOf(line);
      cells = reader;
      parts.tables.push({ line: number, heads, rows: [] });
    } else if (!line.trim()) cells = null;
    else if (cells === null) parts.lines.set(number, line);
    else parts.tables.at(-1).rows.push([number, cells(line)]);
  });
  return parts;
}

// --- Comparing ---

const difference = (line, column, written, real) => ({ line, column, written, real });

export function compare(written, real) {
  if (written === real || normalise(written) === normalise(real)) return [];
  const mine = takenApart(written);
  const theirs = takenApart(real);
  const found = [
    ...compareLines(mine.lines, theirs.lines),
    ...compareTables(mine.tables, theirs.tables),
  ];
  const whole = !real.endsWith(RULES.oursIsCut);
  return found
    .filter((each) => each.written !== each.real && (whole || each.real))
    .sort((a, b) => a.line - b.line);
}

function* compareLines(written, real) {
  const theirs = new Map([...real].map(([number, line]) => [number, comparable(line)]));
  const mine = new Map([...written].map(([number, line]) => [number, comparable(line)]));
  const known = new Set(theirs.values());
  const said = new Set(mine.values());
  const open = [...known].filter((x) => x.includes("<namespace>") || x.includes("[redacted]"));
  const claimed = new Set();
  const missing = [];
  for (const [number, line] of mine) {
    if (known.has(line) || line === "" || isCut(line)) continue;
    const others = CUT.some((mark) => line.includes(mark)) ? [...known] : open;
    const fits = others.find((each) => agree(line, each));
    if (fits === undefined) missing.push(number);
    else claimed.add(fits);
  }
  const rest = [...theirs].filter(([, line]) => !said.has(line) && !claimed.has(line));
  const pairs = paired(missing.map((number) => [number, mine.get(number)]), rest);
  for (const number of missing) {
    const beside = pairs.has(number) ? real.get(pairs.get(number)).trim() : "";
    yield difference(number, "", written.get(number).trim(), beside);
  }
  const all = [...written.values(), ...real.values()];
  if (mine.size && all.every((each) => one.doneLine.test(each.trim()))) {
    const taken = new Set(pairs.values());
    for (const [number] of rest)
      if (!taken.has(number))
        yield difference(Math.max(...mine.keys()), "", "", real.get(number).trim());
  }
}

function paired(mine, theirs) {
  const head = (line) => line.split(" ")[0];
  const pairs = new Map();
  const left = [...theirs];
  const take = (number, fits) => {
    const at = left.findIndex(fits);
    if (at >= 0) pairs.set(number, left.splice(at, 1)[0][0]);
  };
  for (const [number, line] of mine) take(number, ([, other]) => head(other) === head(line));
  for (const [number] of mine) if (!pairs.has(number)) take(number, () => true);
  return pairs;
}

function* compareTables(written, real) {
  const left = [...real];
  for (const table of written) {
    if (table.heads.includes("AUTHINFO")) continue;
    if (!left.length) {
      yield difference(table.line, "", table.heads.join("  "), "");
      continue;
    }
    const ranks = left.map((other) => kinship(table, other));
    const best = ranks.reduce((a, rank, n) => (less(ranks[a], rank) ? n : a), 0);
    yield* compareTable(table, left.splice(best, 1)[0]);
  }
}

const less = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

function kinship(table, other) {
  const names = (t) => new Set(t.rows.map(([, row]) => comparable(row[keyOf(t)] ?? "")));
  const shared = (a, b) => [...a].filter((each) => b.has(each)).length;
  return [shared(names(table), names(other)), shared(table.heads, new Set(other.heads))];
}

const keyOf = (table) =>
  ["NAME", "NAMES"].find((each) => table.heads.includes(each)) ?? table.heads[0];

function* compareTable(written, real) {
  const { heads } = written;
  const key = keyOf(written);
  if (heads.includes("REASON") && heads.includes("MESSAGE")) {
    yield* compareEvents(written, real);
    return;
  }
  const byOrder = heads.includes("ROLES");
  const watched = repeats(written, key) || repeats(real, key);
  const rows = new Map();
  for (const [, row] of real.rows) {
    const name = byOrder ? "" : comparable(row[key] ?? "");
    rows.set(name, [...(rows.get(name) ?? []), row]);
  }
  const named = [...writtenRows(written, key)];
  const missing = [];
  for (const [line, row] of named) {
    const candidates = rows.get(byOrder ? "" : fitting(rows, comparable(row[key]))) ?? [];
    if (!candidates.length) {
      if (!byOrder && !one.clustersOwn.test(row[key]) && !isEnding(row))
        missing.push([line, row[key]]);
      continue;
    }
    const wrong = candidates.map((each) => [...wrongCells(row, heads, key, each)]);
    const best = fewest(wrong);
    if (!watched) candidates.splice(best, 1);
    if (!byOrder && one.clustersOwn.test(row[key])) continue;
    for (const [heading, value, other] of wrong[best]) yield difference(line, heading, value, other);
  }
  let extra = [];
  const whole = written.rows.length === named.length;
  const own = heads.some((each) => sets.ownHeads.has(each));
  if (whole && written.rows.length && !byOrder && !watched && own)
    extra = [...rows.values()]
      .flat()
      .filter((row) => !one.clustersOwn.test(row[key] ?? "") && !isEnding(row))
      .map((row) => row[key] ?? "");
  for (const [number, [line, name]] of missing.entries())
    yield difference(line, key, name, extra[number] ?? "");
  for (const name of extra.slice(missing.length))
    yield difference(written.rows.at(-1)[0], key, "", name);
}

const fewest = (lists) =>
  lists.reduce((best, each, n) => (each.length < lists[best].length ? n : best), 0);

function* writtenRows(table, key) {
  for (const [line, row] of table.rows) {
    const theirs = row.NAMESPACE ?? "default";
    if (!row[key] || CUT.includes(row[key]) || isCut(Object.values(row)[0])) continue;
    if (theirs === "default" || !one.clustersOwn.test(theirs)) yield [line, row];
  }
}

function repeats(table, key) {
  const names = table.rows.map(([, row]) => row[key] ?? "");
  return new Set(names).size < names.length;
}

function fitting(rows, name) {
  if (!CUT.some((mark) => name.includes(mark))) return name;
  return [...rows.keys()].find((each) => agree(name, each)) ?? name;
}

const isEnding = (row) => row.STATUS === "Terminating";
const passes = (value) => sets.passing.has(value.split(":")[0]);

function isStarting(row, real) {
  if ((row.STATUS ?? "Running") !== "Running") return false;
  for (const heading of ["READY", "COMPLETIONS"]) {
    const [ready, wanted = ""] = (row[heading] ?? "").split("/");
    if (digits(wanted) && digits(ready) && +ready < +wanted)
      return real[heading] === `${wanted}/${wanted}`;
  }
  const wanted = row.DESIRED ?? "";
  const ready = row.READY ?? "";
  const starting = digits(wanted) && digits(ready) && +ready < +wanted;
  return starting && real.DESIRED === wanted && real.READY === wanted;
}

function* wrongCells(row, heads, key, other) {
  const passing = passes(row.STATUS ?? "") || isStarting(row, other);
  for (const heading of heads) {
    const value = row[heading] ?? "";
    const real = other[heading];
    if (heading === key || isVolatile(heading)) continue;
    if (real === undefined || value === "" || CUT.includes(value) || passes(value)) continue;
    if (passing && sets.counts.has(heading)) continue;
    if (heading === "REPLICAS" && (row.TARGETS ?? "").includes("<unknown>")) continue;
    if (passing && heading === "STATUS" && "COMPLETIONS" in row) continue;
    if (!agree(comparable(value), comparable(real))) yield [heading, value, real];
  }
}

const isVolatile = (heading) => sets.volatile.has(heading.replaceAll(" ", "-").toUpperCase());

function* compareEvents(written, real) {
  const object = (row) => row.OBJECT ?? row.NAME ?? "";
  const event = (row) => `${row.REASON ?? ""}\n${comparable(object(row))}`;
  const known = new Map();
  for (const [, row] of real.rows) known.set(event(row), [...(known.get(event(row)) ?? []), row]);
  for (const [line, row] of written.rows) {
    if (isCut(Object.values(row)[0]) || sets.passingEvents.has(row.REASON ?? "")) continue;
    const candidates = known.get(event(row));
    if (!candidates) {
      const what = [row.REASON, object(row)].filter(Boolean).join("  ");
      yield difference(line, "REASON", what, "");
      continue;
    }
    const wrong = candidates.map((other) =>
      ["TYPE", "MESSAGE"].filter(
        (x) => row[x] && other[x] !== undefined && !agree(comparable(row[x]), comparable(other[x])),
      ).map((x) => [x, row[x], other[x]]),
    );
    for (const [heading, value, other] of wrong[fewest(wrong)])
      yield difference(line, heading, value, other);
  }
}

// --- What differs and yet is the same ---

// Headings of the columns, or "" for a line, where a reader's output is another and need not
// be this one: names, addresses, ages.
export function normal(written, real) {
  const mine = takenApart(written);
  const theirs = takenApart(real);
  const found = new Set();
  const lines = new Set([...theirs.lines.values()].map((line) => line.trim()));
  for (const line of mine.lines.values())
    if (!lines.has(line.trim()) && normalise(line) !== line.trim()) found.add("");
  for (const table of mine.tables) {
    const other = theirs.tables.find((each) => kinship(table, each)[1] > 0);
    const cells = (t, heading) => new Set(t.rows.map(([, row]) => row[heading]));
    for (const heading of other ? table.heads.filter((each) => other.heads.includes(each)) : []) {
      const here = cells(other, heading);
      const differs = [...cells(table, heading)].some((value) => value && !here.has(value));
      if (differs && (isVolatile(heading) || heading === keyOf(table))) found.add(heading);
    }
  }
  return [...found];
}
