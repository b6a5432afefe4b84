// What to send next, and whether an answer is an answer. Pure.
import type { Batch, BatchAnswer, Fault, ItemAnswer, PhotoAnswer, Pull, SentItem } from "../contract";
import { shownDay } from "../domain/day";
import { isUnsent, type Kept } from "../domain/outbox";

export const MOST_ITEMS = 200;
export const MOST_BYTES = 256_000; // the house takes 1 MB; a slow evening is kinder to less

export const sentItem = ({ uid, kind, seq, made_at, body }: Kept): SentItem => ({ uid, kind, seq, made_at, body });

/** In the order they were written; those that alone spoilt a batch before go last and one by one. */
export function nextBatch(items: readonly Kept[], skip: ReadonlySet<string>, most: number = MOST_ITEMS): Kept[] {
  const open = items.filter((i) => isUnsent(i) && !skip.has(i.uid)).sort((a, b) => Number(a.tries > 0) - Number(b.tries > 0) || a.seq - b.seq);
  const found: Kept[] = [];
  let bytes = 0;
  for (const item of open) {
    if (item.tries > 0) return found.length ? found : [item];
    bytes += JSON.stringify(sentItem(item)).length * 2;
    if (found.length && (found.length >= most || bytes > MOST_BYTES)) break;
    found.push(item);
  }
  return found;
}

export function batchOf(batch: string, chosen: readonly Kept[], all: readonly Kept[], sent_at: string, app: string): Batch {
  const open = all.filter(isUnsent);
  const days = open.map((i) => shownDay(i.made_at.slice(0, 10), i.made_at, i.skew)).sort();
  return { v: 1, batch, sent_at, app, unsent: open.length, oldest: days[0] ?? null, items: chosen.map(sentItem) };
}

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === "object" && x !== null && !Array.isArray(x);
const STATES = new Set(["written", "already", "held", "conflict", "refused"]);

export const isFault = (x: unknown): x is Fault => isObject(x) && x.v === 1 && typeof x.code === "string" && typeof x.says === "string";

const isItemAnswer = (x: unknown): x is ItemAnswer => isObject(x) && typeof x.uid === "string" && STATES.has(String(x.state));

/** The shape is right, it echoes this very batch, and it speaks only of what was sent. The proof is checked beside. */
export function isAnswerTo(sent: Batch, x: unknown): x is BatchAnswer {
  if (!isObject(x) || x.v !== 1 || x.batch !== sent.batch || typeof x.proof !== "string") return false;
  if (typeof x.at !== "string" || Number.isNaN(Date.parse(x.at)) || typeof x.epoch !== "string" || !Array.isArray(x.answers)) return false;
  const asked = new Set(sent.items.map((i) => i.uid));
  return x.answers.every((a) => isItemAnswer(a) && asked.has(a.uid));
}

export const proofText = (answer: BatchAnswer): string =>
  `${answer.batch}\n${answer.answers.map((a) => `${a.uid} ${a.state} ${a.receipt ?? ""}\n`).join("")}`;

export const isPull = (x: unknown): x is Pull =>
  isObject(x) && x.v === 1 && typeof x.cursor === "string" && typeof x.epoch === "string" && typeof x.whole === "boolean" &&
  typeof x.at === "string" && !Number.isNaN(Date.parse(x.at)) && (x.records === undefined || (Array.isArray(x.records) && x.records.every(isItemAnswer)));

export const isPhotoAnswer = (uid: string, x: unknown): x is PhotoAnswer =>
  isObject(x) && x.v === 1 && x.uid === uid && typeof x.have === "number" && typeof x.done === "boolean";

const WAITS_S = [15, 30, 60, 120, 300, 600];
/** Milliseconds until the next try by itself; `chance` in 0..1 keeps a village's phones from coming all at once. */
export const backoff = (failures: number, chance: number): number =>
  (WAITS_S[Math.min(failures, WAITS_S.length) - 1] ?? 15) * 1000 * (0.75 + chance / 2);
