/* Phiếu: what of a form is to be seen, what is wrong with its answers, and what is kept of them. Pure: no clock, no DOM.

   Twin of langso/questionnaires/engine.py: the same definition and answers give the same on the desk and on the phone,
   held by the shared cases in tests/questionnaires/vectors. The definition is described in docs/reference/forms.md.

   view(def, answers, today)   the tree of what is visible now, repeats expanded, each with its error (if any)
   check(def, answers, today)  what is wrong, in the order of the form; empty when it may be sent
   clean(def, answers, today)  what is kept: only what is visible and readable, typed, calculations filled

   `answers` is flat but for repeats: {"ten": "Vàng Thị Mẩy", "may": [{"loai": "phone"}, {"loai": "tv"}]}. Groups add no
   level. A value may be typed or as a person wrote it ("1,5", "29/11/2026"): both are read. What each type is kept as:
   text string · integer, decimal number · date "YYYY-MM-DD" · select_one name · select_multiple [names] · acknowledge
   true · photo its uid · geopoint "lat lon" · calculate number or string. A name that is absent takes its default; null
   or "" says that the person emptied it. `today` is "YYYY-MM-DD".

   A `path` names one place: "ten", or "may.0.loai" inside the first of a repeat. `code` "Missing" is an empty required
   question: a screen may wait with it until the person moves on. Adding to a repeat is pushing {} on its list;
   `canAdd` tells whether that is possible. `text` is what an input shows. */

export type Value = string | number | boolean | string[];
export type Raw = Value | null | undefined | Answers[];
export type Answers = { [name: string]: Raw };
export type Expr = null | boolean | number | string | readonly unknown[];
export type Choice = { readonly name: string; readonly label: string; readonly [column: string]: string };
export type Kind =
  | "text" | "integer" | "decimal" | "date" | "select_one" | "select_multiple" | "note" | "photo" | "calculate"
  | "acknowledge" | "geopoint" | "group" | "repeat";

export interface Item {
  readonly type: Kind;
  readonly name: string;
  readonly label?: string;
  readonly hint?: string;
  readonly required?: Expr;
  readonly required_says?: string;
  readonly relevant?: Expr;
  readonly constraint?: Expr;
  readonly constraint_says?: string;
  readonly default?: Expr;
  readonly calculate?: Expr;
  readonly list?: string;
  readonly filter?: Expr;
  readonly search?: boolean;
  readonly multiline?: boolean;
  readonly read_only?: boolean;
  readonly count?: Expr;
  readonly items?: readonly Item[];
}

export interface Definition {
  readonly v: 1;
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly choices: { readonly [list: string]: readonly Choice[] };
  readonly items: readonly Item[];
}

export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly says: string;
}

/** One place of the form as it is to be seen now. */
export interface Shown {
  readonly path: string;
  readonly name: string;
  readonly type: Kind;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly multiline: boolean;
  readonly search: boolean;
  readonly value: Value | null;
  readonly text: string;
  readonly choices: readonly Choice[];
  readonly error: string;
  readonly code: string;
  /** Of a group. */
  readonly items: readonly Shown[];
  /** Of a repeat: one list of places for each time. */
  readonly instances: readonly (readonly Shown[])[];
  readonly canAdd: boolean;
}

export const MOST_TIMES = 100; // of a repeat
export const LONGEST_TEXT = 2000;
const LONGEST_MATCHED = 500; // what regex() looks at; longer never matches

const SAYS: { readonly [code: string]: string } = {
  Missing: "Câu này cần trả lời.",
  NotAnInteger: "Ghi số nguyên, ví dụ 4.",
  NotADecimal: "Ghi số, ví dụ 1,5.",
  NotADay: "Ghi ngày theo kiểu ngày/tháng/năm, ví dụ 05/11/2026.",
  TooLong: "Dài quá 2.000 chữ. Ghi ngắn lại.",
  NotAChoice: "Ý đã chọn không có trong danh sách này. Chọn lại.",
  NotAPlace: "Vị trí này không đọc được. Lấy lại vị trí.",
  NotReadable: "Câu này ghi không đúng kiểu. Trả lời lại.",
  Constraint: "Câu trả lời này chưa hợp lệ. Xem lại.",
  TooMany: "Nhiều nhất 100 lần. Bỏ bớt.",
};

// ── What was written ─────────────────────────────────────────────────────────

class Day {
  constructor(readonly day: string) {}
}

type Worth = number | string | boolean | Day; // what an expression is worth

const trim = (text: string): string => text.replace(/^[ \t\r\n\u00a0]+|[ \t\r\n\u00a0]+$/g, "");
const letters = (text: string): string[] => Array.from(text);
const own = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key);

/** Days since 01/01/1970, or null when there is no such day. */
function daysOf(year: number, month: number, day: number): number | null {
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? Math.round(at.getTime() / 86400000) : null;
}

const two = (n: number): string => (n < 10 ? "0" + n : "" + n);

function isoOf(days: number): string {
  const at = new Date(days * 86400000);
  return at.getUTCFullYear() + "-" + two(at.getUTCMonth() + 1) + "-" + two(at.getUTCDate());
}

function readDay(text: string): string | null {
  const iso = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/.exec(text);
  const written = /^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$/.exec(text);
  const days = iso
    ? daysOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
    : written
      ? daysOf(Number(written[3]), Number(written[2]), Number(written[1]))
      : null;
  return days === null ? null : isoOf(days);
}

const GROUPED = /^[+-]?[0-9]{1,3}(?:([. \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*$/;
const BOTH = /^(?:[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+)$/;

function readInteger(text: string): number | null {
  if (text.length > 20 || !(/^[+-]?[0-9]+$/.test(text) || GROUPED.test(text))) return null;
  const number = Number(text.replace(/[. \u00a0\u202f]/g, ""));
  return Math.abs(number) <= 999999999999 ? number + 0 : null;
}

function readDecimal(text: string): number | null {
  if (text.length > 24) return null;
  if (/^[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)$/.test(text)) return Number(text.replace(",", ".")) + 0;
  if (!BOTH.test(text)) return null;
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  return Number(text.slice(0, last).replace(/[.,]/g, "") + "." + text.slice(last + 1)) + 0;
}

function isEmpty(raw: Raw): boolean {
  if (raw === null || raw === undefined) return true;
  if (typeof raw === "string") return trim(raw) === "";
  return Array.isArray(raw) && raw.length === 0;
}

type Reading = { value: Value | null; code: string };
const NOTHING: Reading = { value: null, code: "" };
const wrong = (code: string): Reading => ({ value: null, code });

/** The value of a written answer, or why it cannot be read. Choices are looked at by the caller. */
function read(item: Item, raw: Raw): Reading {
  if (isEmpty(raw)) return NOTHING;
  const text = typeof raw === "string" ? trim(raw.normalize("NFC")) : null;
  const number = typeof raw === "number" && Number.isFinite(raw) ? raw + 0 : null;
  switch (item.type) {
    case "integer": {
      const found = number ?? (text === null ? null : readInteger(text));
      const fits = found !== null && Number.isInteger(found) && Math.abs(found) <= 999999999999;
      return fits ? { value: found, code: "" } : wrong("NotAnInteger");
    }
    case "decimal": {
      const found = number ?? (text === null ? null : readDecimal(text));
      return found !== null && Math.abs(found) < 1e15 ? { value: found, code: "" } : wrong("NotADecimal");
    }
    case "date": {
      const found = text === null ? null : readDay(text);
      return found !== null ? { value: found, code: "" } : wrong("NotADay");
    }
    case "select_multiple": {
      if (text !== null) return { value: text.split(/[ \t\r\n\u00a0]+/), code: "" };
      if (!Array.isArray(raw)) return wrong("NotReadable");
      const names: string[] = [];
      for (const one of raw) {
        if (typeof one !== "string") return wrong("NotReadable");
        names.push(trim(one.normalize("NFC")));
      }
      return { value: names, code: "" };
    }
    case "acknowledge":
      if (raw === true || text === "OK" || text === "true" || text === "1") return { value: true, code: "" };
      return raw === false || text === "false" || text === "0" ? NOTHING : wrong("NotReadable");
    case "geopoint":
      return text !== null && isPlace(text) ? { value: text, code: "" } : wrong("NotAPlace");
    default: {
      const said = text ?? (number === null ? null : numberText(number));
      if (said === null) return wrong("NotReadable");
      return letters(said).length > LONGEST_TEXT ? wrong("TooLong") : { value: said, code: "" };
    }
  }
}

function isPlace(text: string): boolean {
  const parts = text.split(/[ \t]+/);
  if (parts.length < 2 || parts.length > 4 || !parts.every((p) => /^-?[0-9]{1,6}(?:\.[0-9]{1,20})?$/.test(p))) return false;
  return Math.abs(Number(parts[0])) <= 90 && Math.abs(Number(parts[1])) <= 180;
}

// ── Numbers, texts, truths: XPath 1.0, with days ─────────────────────────────

/** Plain digits, never an exponent: "0.0000001". The digits are the shortest that read back the same. */
export function numberText(n: number): string {
  if (Number.isNaN(n)) return "NaN";
  if (!Number.isFinite(n)) return n > 0 ? "Infinity" : "-Infinity";
  if (n === 0) return "0";
  const found = /^(-?)([0-9]+)(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(n.toExponential());
  if (!found) return String(n);
  const digits = found[2]! + (found[3] ?? "");
  const point = found[2]!.length + Number(found[4]);
  if (point <= 0) return found[1] + "0." + "0".repeat(-point) + digits;
  if (point >= digits.length) return found[1] + digits + "0".repeat(point - digits.length);
  return found[1] + digits.slice(0, point) + "." + digits.slice(point);
}

function toNumber(worth: Worth): number {
  if (typeof worth === "number") return worth;
  if (typeof worth === "boolean") return worth ? 1 : 0;
  if (worth instanceof Day) {
    return daysOf(Number(worth.day.slice(0, 4)), Number(worth.day.slice(5, 7)), Number(worth.day.slice(8))) ?? NaN;
  }
  const text = trim(worth);
  return /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/.test(text) ? Number(text) : NaN;
}

function toText(worth: Worth): string {
  if (typeof worth === "string") return worth;
  if (typeof worth === "number") return numberText(worth);
  return worth instanceof Day ? worth.day : worth ? "true" : "false";
}

function toTruth(worth: Worth): boolean {
  if (typeof worth === "boolean") return worth;
  if (typeof worth === "number") return worth !== 0 && !Number.isNaN(worth);
  return worth instanceof Day || worth.length > 0;
}

function equal(a: Worth, b: Worth): boolean {
  if (typeof a === "boolean" || typeof b === "boolean") return toTruth(a) === toTruth(b);
  if (typeof a === "number" || typeof b === "number") return toNumber(a) === toNumber(b);
  return toText(a) === toText(b);
}

function toDay(worth: Worth): Worth {
  if (worth instanceof Day) return worth;
  if (typeof worth === "string") {
    const found = readDay(trim(worth));
    return found === null ? "" : new Day(found);
  }
  const days = typeof worth === "number" ? Math.floor(worth) : NaN;
  return days >= -25567 && days <= 47846 ? new Day(isoOf(days)) : ""; // 1900 to 2100
}

const POWERS = [1, 10, 100, 1000, 10000, 100000, 1000000];
const words = (worth: Worth): string[] => toText(worth).split(" ").filter((w) => w !== "");

/* A pattern parsed at import, matched by sets of places, so that no pattern and no text can take long. */
type Pattern =
  | { readonly set: readonly (readonly [number, number])[]; readonly not?: boolean }
  | { readonly seq: readonly Pattern[] }
  | { readonly alt: readonly Pattern[] }
  | { readonly rep: Pattern; readonly min: number; readonly max: number | null };

function ends(pattern: Pattern, text: readonly number[], starts: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  if ("set" in pattern) {
    for (const at of starts) {
      if (at >= text.length) continue;
      const letter = text[at]!;
      if (pattern.set.some(([low, high]) => low <= letter && letter <= high) !== (pattern.not === true)) found.add(at + 1);
    }
    return found;
  }
  if ("seq" in pattern) return pattern.seq.reduce((places, part) => ends(part, text, places), new Set(starts));
  if ("alt" in pattern) {
    for (const way of pattern.alt) for (const at of ends(way, text, starts)) found.add(at);
    return found;
  }
  let places = new Set(starts);
  for (let times = 0; times < pattern.min && places.size; times++) places = ends(pattern.rep, text, places);
  for (const at of places) found.add(at);
  for (let times = pattern.min; places.size && (pattern.max === null || times < pattern.max); times++) {
    const next = new Set<number>();
    for (const at of ends(pattern.rep, text, places)) if (!found.has(at)) next.add(at);
    for (const at of next) found.add(at);
    places = next;
  }
  return found;
}

function matches(text: string, pattern: Pattern): boolean {
  const points = letters(text).map((c) => c.codePointAt(0)!);
  return points.length <= LONGEST_MATCHED && ends(pattern, points, new Set([0])).has(points.length);
}

// ── One reading of a form ────────────────────────────────────────────────────

interface Place {
  readonly item: Item;
  readonly above: Place | null;
  readonly repeat: Place | null;
}

const placesOf = new WeakMap<Definition, Map<string, Place>>();

function places(definition: Definition): Map<string, Place> {
  const known = placesOf.get(definition);
  if (known) return known;
  const made = new Map<string, Place>();
  const walk = (items: readonly Item[], above: Place | null, repeat: Place | null): void => {
    for (const item of items) {
      const place: Place = { item, above, repeat };
      made.set(item.name, place);
      walk(item.items ?? [], place, item.type === "repeat" ? place : repeat);
    }
  };
  walk(definition.items, null, null);
  placesOf.set(definition, made);
  return made;
}

const OUTSIDE = -1;

class Run {
  private readonly places: Map<string, Place>;
  private readonly relevance = new Map<string, boolean>();
  private readonly worths = new Map<string, Worth>();
  private readonly readings = new Map<string, Reading>();
  private readonly rowsOf = new Map<string, Answers[]>();

  constructor(readonly definition: Definition, readonly answers: Answers, readonly today: string) {
    this.places = places(definition);
  }

  place(name: string): Place {
    return this.places.get(name)!;
  }

  path(place: Place, at: number): string {
    return place.repeat ? place.repeat.item.name + "." + at + "." + place.item.name : place.item.name;
  }

  /** The times of a repeat as they stand. */
  rows(place: Place): Answers[] {
    const name = place.item.name;
    const known = this.rowsOf.get(name);
    if (known) return known;
    this.rowsOf.set(name, []);
    const raw = own(this.answers, name) ? this.answers[name] : null;
    const rows: Answers[] = [];
    if (Array.isArray(raw)) {
      for (const row of raw.slice(0, MOST_TIMES)) {
        rows.push(typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Answers) : {});
      }
    }
    if (place.item.count !== undefined) {
      const asked = toNumber(this.worth(place.item.count, place, OUTSIDE));
      const times = asked > 0 ? Math.min(Math.floor(asked), MOST_TIMES) : 0;
      rows.length = Math.min(rows.length, times);
      while (rows.length < times) rows.push({});
    }
    this.rowsOf.set(name, rows);
    return rows;
  }

  tooMany(place: Place): boolean {
    const item = place.item;
    if (item.count !== undefined) return toNumber(this.worth(item.count, place, OUTSIDE)) >= MOST_TIMES + 1;
    const raw = own(this.answers, item.name) ? this.answers[item.name] : null;
    return Array.isArray(raw) && raw.length > MOST_TIMES;
  }

  isRelevant(place: Place, at: number): boolean {
    const key = this.path(place, at);
    const known = this.relevance.get(key);
    if (known !== undefined) return known;
    this.relevance.set(key, false);
    const above = place.above === null || this.isRelevant(place.above, place.above.repeat ? at : OUTSIDE);
    const { relevant } = place.item;
    const found = above && (relevant === undefined || toTruth(this.worth(relevant, place, at)));
    this.relevance.set(key, found);
    return found;
  }

  /** The written answer of a question, its default when there is none. */
  raw(place: Place, at: number): Raw {
    const { item } = place;
    const row = place.repeat ? this.rows(place.repeat)[at] ?? {} : this.answers;
    if (own(row, item.name)) return row[item.name];
    if (item.default === undefined) return null;
    const worth = this.worth(item.default, place, at);
    return typeof worth === "number" ? (Number.isFinite(worth) ? worth : null) : toText(worth);
  }

  choices(place: Place, at: number): readonly Choice[] {
    const { list, filter } = place.item;
    const all = list !== undefined && own(this.definition.choices, list) ? this.definition.choices[list]! : [];
    if (filter === undefined) return all;
    return all.filter((choice) => toTruth(this.worth(filter, place, at, null, choice)));
  }

  reading(place: Place, at: number): Reading {
    const key = this.path(place, at);
    const known = this.readings.get(key);
    if (known) return known;
    this.readings.set(key, NOTHING);
    const found = this.readAnew(place, at);
    this.readings.set(key, found);
    return found;
  }

  private readAnew(place: Place, at: number): Reading {
    const { item } = place;
    if (item.type === "note" || item.type === "group" || item.type === "repeat") return NOTHING;
    if (item.calculate !== undefined) {
      const worth = this.worth(item.calculate, place, at);
      if (typeof worth === "number") return Number.isFinite(worth) ? { value: worth + 0, code: "" } : NOTHING;
      const text = trim(toText(worth));
      return text === "" ? NOTHING : { value: text, code: "" };
    }
    const found = read(item, this.raw(place, at));
    if (found.value === null || item.list === undefined || !own(this.definition.choices, item.list)) return found;
    const names = this.choices(place, at).map((c) => c.name);
    if (item.type === "select_one") return names.includes(found.value as string) ? found : wrong("NotAChoice");
    const chosen = new Set(found.value as string[]);
    const there = names.filter((name, i) => chosen.has(name) && names.indexOf(name) === i);
    return there.length === chosen.size ? { value: there, code: "" } : wrong("NotAChoice");
  }

  /** What a question is worth to expressions; empty when it is not visible, not answered or not readable. */
  worthOf(place: Place, at: number): Worth {
    const key = this.path(place, at);
    const known = this.worths.get(key);
    if (known !== undefined) return known;
    this.worths.set(key, "");
    let worth: Worth = "";
    if (this.isRelevant(place, at)) {
      const { value } = this.reading(place, at);
      const made = place.item.calculate === undefined ? null : this.worth(place.item.calculate, place, at);
      if (made instanceof Day) worth = made;
      else if (Array.isArray(value)) worth = value.join(" ");
      else if (value === true) worth = "OK";
      else if (value !== null && value !== false) worth = place.item.type === "date" ? toDay(value) : value;
    }
    this.worths.set(key, worth);
    return worth;
  }

  /** All times of a repeat, or of a question inside it, that are visible. */
  private all(name: string): Worth[] {
    const place = this.place(name);
    const repeat = place.item.type === "repeat" ? place : place.repeat;
    if (repeat === null) return this.isRelevant(place, OUTSIDE) ? [this.worthOf(place, OUTSIDE)] : [];
    if (!this.isRelevant(repeat, OUTSIDE)) return [];
    const found: Worth[] = [];
    this.rows(repeat).forEach((_, at) => {
      if (place === repeat) found.push("");
      else if (this.isRelevant(place, at)) found.push(this.worthOf(place, at));
    });
    return found;
  }

  worth(expr: Expr, place: Place, at: number, self: Worth | null = null, choice: Choice | null = null): Worth {
    if (expr === null) return "";
    if (typeof expr !== "object") return expr;
    const to = (i: number): Worth => this.worth(expr[i] as Expr, place, at, self, choice);
    const number = (i: number): number => toNumber(to(i));
    switch (expr[0] as string) {
      case "q": {
        const other = this.place(expr[1] as string);
        return this.worthOf(other, other.repeat ? at : OUTSIDE);
      }
      case "self": return self ?? this.worthOf(place, at);
      case "col": {
        const column = expr[1] as string;
        return choice !== null && own(choice, column) ? choice[column]! : "";
      }
      case "or": return expr.slice(1).some((_, i) => toTruth(to(i + 1)));
      case "and": return expr.slice(1).every((_, i) => toTruth(to(i + 1)));
      case "not": return !toTruth(to(1));
      case "=": return equal(to(1), to(2));
      case "!=": return !equal(to(1), to(2));
      case "<": return number(1) < number(2);
      case "<=": return number(1) <= number(2);
      case ">": return number(1) > number(2);
      case ">=": return number(1) >= number(2);
      case "+": return number(1) + number(2);
      case "-": return number(1) - number(2);
      case "*": return number(1) * number(2);
      case "div": return number(1) / number(2);
      case "mod": return number(1) % number(2);
      case "neg": return -number(1);
      case "selected": return words(to(1)).includes(trim(toText(to(2))));
      case "count-selected": return words(to(1)).length;
      case "count": return this.all((expr[1] as readonly string[])[1]!).length;
      case "sum":
      case "min":
      case "max": return this.gathered(expr, to);
      case "if": return toTruth(to(1)) ? to(2) : to(3);
      case "coalesce": {
        for (let i = 1; i < expr.length; i++) {
          const worth = to(i);
          if (worth instanceof Day || toText(worth) !== "") return worth;
        }
        return "";
      }
      case "concat": return expr.slice(1).map((_, i) => toText(to(i + 1))).join("");
      case "contains": return toText(to(1)).includes(toText(to(2)));
      case "starts-with": return toText(to(1)).startsWith(toText(to(2)));
      case "string-length": return letters(toText(to(1))).length;
      case "regex": return matches(toText(to(1)), expr[2] as Pattern);
      case "today": return new Day(this.today);
      case "date": return toDay(to(1));
      case "number": return number(1);
      case "string": return toText(to(1));
      case "boolean": return toTruth(to(1));
      case "int": return Math.trunc(number(1));
      case "round": {
        const n = number(1);
        const by = expr.length > 2 ? POWERS[number(2)] : 1;
        return by === undefined ? NaN : Math.floor(n * by + 0.5) / by;
      }
      case "position": return at + 1;
      default: return "";
    }
  }

  private gathered(expr: readonly unknown[], to: (i: number) => Worth): number {
    const first = expr[1];
    const isAll = Array.isArray(first) && first[0] === "all";
    const worths = isAll ? this.all((first as readonly string[])[1]!) : expr.slice(1).map((_, i) => to(i + 1));
    const numbers = worths.filter((w) => w instanceof Day || toText(w) !== "").map(toNumber);
    if (expr[0] === "sum") return numbers.reduce((a, b) => a + b, 0);
    if (numbers.length === 0 || numbers.some(Number.isNaN)) return NaN;
    return numbers.reduce((a, b) => (expr[0] === "min" ? (b < a ? b : a) : b > a ? b : a));
  }

  // ── What a place shows ──

  private filled(text: string | undefined, at: number): string {
    return (text ?? "").replace(/\$\{([A-Za-z_][A-Za-z0-9_-]*)\}/g, (whole, name: string) => {
      const place = this.places.get(name);
      if (place === undefined || (place.repeat !== null && at === OUTSIDE)) return whole;
      const inner = place.repeat ? at : OUTSIDE;
      if (!this.isRelevant(place, inner)) return "";
      return shownText(place.item, this.reading(place, inner), null, this.choices(place, inner));
    });
  }

  problem(place: Place, at: number): { code: string; says: string } {
    const { item } = place;
    const none = { code: "", says: "" };
    if (item.type === "repeat") return this.tooMany(place) ? { code: "TooMany", says: SAYS["TooMany"]! } : none;
    if (item.type === "note" || item.type === "group" || item.calculate !== undefined) return none;
    const { value, code } = this.reading(place, at);
    if (code) return { code, says: SAYS[code]! };
    if (value === null) {
      if (!this.isRequired(place, at)) return none;
      return { code: "Missing", says: this.filled(item.required_says, at) || SAYS["Missing"]! };
    }
    if (item.constraint === undefined || toTruth(this.worth(item.constraint, place, at, this.worthOf(place, at)))) return none;
    return { code: "Constraint", says: this.filled(item.constraint_says, at) || SAYS["Constraint"]! };
  }

  private isRequired(place: Place, at: number): boolean {
    const { required } = place.item;
    return required !== undefined && toTruth(this.worth(required, place, at));
  }

  show(items: readonly Item[], at: number): Shown[] {
    const shown: Shown[] = [];
    for (const item of items) {
      const place = this.place(item.name);
      if ((item.type === "calculate" && !item.label) || !this.isRelevant(place, at)) continue;
      const reading = this.reading(place, at);
      const { code, says } = this.problem(place, at);
      const choices = this.choices(place, at);
      const rows = item.type === "repeat" ? this.rows(place) : [];
      shown.push({
        path: this.path(place, at),
        name: item.name,
        type: item.type,
        label: this.filled(item.label, at),
        hint: this.filled(item.hint, at),
        required: item.calculate === undefined && item.type !== "note" && this.isRequired(place, at),
        readOnly: item.read_only === true || item.calculate !== undefined,
        multiline: item.multiline === true,
        search: item.search === true,
        value: reading.value,
        text: shownText(item, reading, item.calculate === undefined ? this.raw(place, at) : null, null),
        choices,
        error: says,
        code,
        items: item.type === "group" ? this.show(item.items ?? [], at) : [],
        instances: rows.map((_, i) => this.show(item.items ?? [], i)),
        canAdd: item.type === "repeat" && item.count === undefined && rows.length < MOST_TIMES,
      });
    }
    return shown;
  }

  wrongs(items: readonly Item[], at: number, into: Problem[]): Problem[] {
    for (const item of items) {
      const place = this.place(item.name);
      if (!this.isRelevant(place, at)) continue;
      const { code, says } = this.problem(place, at);
      if (code) into.push({ path: this.path(place, at), code, says });
      if (item.type === "group") this.wrongs(item.items ?? [], at, into);
      if (item.type === "repeat") this.rows(place).forEach((_, i) => this.wrongs(item.items ?? [], i, into));
    }
    return into;
  }

  keep(items: readonly Item[], at: number, into: Answers): Answers {
    for (const item of items) {
      const place = this.place(item.name);
      if (!this.isRelevant(place, at)) continue;
      if (item.type === "group") this.keep(item.items ?? [], at, into);
      else if (item.type === "repeat") {
        const rows = this.rows(place).map((_, i) => this.keep(item.items ?? [], i, {}));
        if (rows.length) into[item.name] = rows;
      } else {
        const { value } = this.reading(place, at);
        if (value !== null) into[item.name] = value;
      }
    }
    return into;
  }
}

/** As an input shows it, or, with `choices`, as a sentence would say it. */
function shownText(item: Item, reading: Reading, raw: Raw, choices: readonly Choice[] | null): string {
  const { value } = reading;
  if (value === null) {
    if (raw === null || raw === undefined || !reading.code) return "";
    return typeof raw === "string" ? raw : typeof raw === "number" ? numberText(raw) : "";
  }
  if (typeof value === "number") return numberText(value).replace(".", ",");
  if (value === true) return "OK";
  if (value === false) return "";
  const names = Array.isArray(value) ? value : [value];
  if (item.type === "date") return value.slice(8) + "/" + value.slice(5, 7) + "/" + value.slice(0, 4);
  if (choices === null) return names.join(" ");
  return names.map((name) => choices.find((c) => c.name === name)?.label ?? name).join(", ");
}

/** The form as it is to be seen now. */
export function view(definition: Definition, answers: Answers, today: string): Shown[] {
  return new Run(definition, answers, today).show(definition.items, OUTSIDE);
}

/** What is wrong, in the order of the form. */
export function check(definition: Definition, answers: Answers, today: string): Problem[] {
  return new Run(definition, answers, today).wrongs(definition.items, OUTSIDE, []);
}

/** What is kept: visible, readable, typed; calculations filled. */
export function clean(definition: Definition, answers: Answers, today: string): Answers {
  return new Run(definition, answers, today).keep(definition.items, OUTSIDE, {});
}
