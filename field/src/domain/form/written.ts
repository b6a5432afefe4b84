/* What a person wrote, read as the type of its question. Twin of langso/questionnaires/written.py. Pure. */
import type { Kind, Raw, Value } from "../form";

const LONGEST_TEXT = 2000;

export class Day {
  constructor(readonly day: string) {}
}

export const trim = (text: string): string => text.replace(/^[ \t\r\n\u00a0]+|[ \t\r\n\u00a0]+$/g, "");
export const letters = (text: string): string[] => Array.from(text);

/** Days since 01/01/1970, or null when there is no such day. */
export function daysOf(year: number, month: number, day: number): number | null {
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? Math.round(at.getTime() / 86400000) : null;
}

const two = (n: number): string => (n < 10 ? "0" + n : "" + n);

export function isoOf(days: number): string {
  const at = new Date(days * 86400000);
  return at.getUTCFullYear() + "-" + two(at.getUTCMonth() + 1) + "-" + two(at.getUTCDate());
}

export function readDay(text: string): string | null {
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

export type Reading = { value: Value | null; code: string };
export const NOTHING: Reading = { value: null, code: "" };
export const wrong = (code: string): Reading => ({ value: null, code });

/** The value of a written answer, or why it cannot be read. Choices are looked at by the caller. */
export function read(type: Kind, raw: Raw): Reading {
  if (isEmpty(raw)) return NOTHING;
  const text = typeof raw === "string" ? trim(raw.normalize("NFC")) : null;
  const number = typeof raw === "number" && Number.isFinite(raw) ? raw + 0 : null;
  switch (type) {
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
