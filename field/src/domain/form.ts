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

import { evaluate } from "./form/operators";
import { toDay, toNumber, toText, toTruth, type Worth } from "./form/worth";
import { Day, NOTHING, numberText, read, trim, wrong, type Reading } from "./form/written";

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

const MOST_TIMES = 100; // of a repeat

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

// ── One reading of a form ────────────────────────────────────────────────────

interface Place {
  readonly item: Item;
  readonly above: Place | null;
  readonly repeat: Place | null;
}

const own = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key);

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
    const found = read(item.type, this.raw(place, at));
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
    return evaluate(expr, {
      today: this.today,
      position: at + 1,
      question: (name) => {
        const other = this.place(name);
        return this.worthOf(other, other.repeat ? at : OUTSIDE);
      },
      self: () => self ?? this.worthOf(place, at),
      column: (name) => (choice !== null && own(choice, name) ? choice[name]! : ""),
      all: (name) => this.all(name),
    });
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
