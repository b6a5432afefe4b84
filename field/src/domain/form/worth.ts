/* Numbers, texts, truths: XPath 1.0, with days; and patterns. Twin of langso/questionnaires/worth.py. Pure. */
import { Day, daysOf, isoOf, letters, numberText, readDay, trim } from "./written";

export type Worth = number | string | boolean | Day; // what an expression is worth

const LONGEST_MATCHED = 500; // what regex() looks at; longer never matches

export function toNumber(worth: Worth): number {
  if (typeof worth === "number") return worth;
  if (typeof worth === "boolean") return worth ? 1 : 0;
  if (worth instanceof Day) {
    return daysOf(Number(worth.day.slice(0, 4)), Number(worth.day.slice(5, 7)), Number(worth.day.slice(8))) ?? NaN;
  }
  const text = trim(worth);
  return /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/.test(text) ? Number(text) : NaN;
}

export function toText(worth: Worth): string {
  if (typeof worth === "string") return worth;
  if (typeof worth === "number") return numberText(worth);
  return worth instanceof Day ? worth.day : worth ? "true" : "false";
}

export function toTruth(worth: Worth): boolean {
  if (typeof worth === "boolean") return worth;
  if (typeof worth === "number") return worth !== 0 && !Number.isNaN(worth);
  return worth instanceof Day || worth.length > 0;
}

export function equal(a: Worth, b: Worth): boolean {
  if (typeof a === "boolean" || typeof b === "boolean") return toTruth(a) === toTruth(b);
  if (typeof a === "number" || typeof b === "number") return toNumber(a) === toNumber(b);
  return toText(a) === toText(b);
}

export function toDay(worth: Worth): Worth {
  if (worth instanceof Day) return worth;
  if (typeof worth === "string") {
    const found = readDay(trim(worth));
    return found === null ? "" : new Day(found);
  }
  const days = typeof worth === "number" ? Math.floor(worth) : NaN;
  return days >= -25567 && days <= 47846 ? new Day(isoOf(days)) : ""; // 1900 to 2100
}

/* A pattern parsed at import, matched by sets of places, so that no pattern and no text can take long. */
export type Pattern =
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

export function matches(text: string, pattern: Pattern): boolean {
  const points = letters(text).map((c) => c.codePointAt(0)!);
  return points.length <= LONGEST_MATCHED && ends(pattern, points, new Set([0])).has(points.length);
}
