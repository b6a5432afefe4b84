// Households as the person sees them: what was pulled, with everything written on this phone laid over it.
import type { AnswerBody, Bodies, Consent, HelpRequest, HouseholdBody, HouseholdFields, Kind, Result } from "../contract";
import { nameless } from "../words";
import { shownDay, type PlainDay } from "./day";
import { isSettled, type Kept } from "./outbox";

export interface Household {
  uid: string; village: string; head: string; members: number; needs: string[]; skills: string[]; consent: Consent;
  version: number; last_on: PlainDay | null; last_result: Result | null; done: string[]; next_on: PlainDay | null; next: string;
}

export const NOBODY: Household = {
  uid: "", village: "", head: "", members: 0, needs: [], skills: [], consent: "unasked", version: 0,
  last_on: null, last_result: null, done: [], next_on: null, next: "",
};

const TEXTS = new Set(["uid", "village", "head", "next"]);
const LISTS = new Set(["needs", "skills", "done"]);

/** A row of the window, whatever the order of its columns; columns of a newer house are passed over. */
export function householdOf(columns: readonly string[], row: readonly unknown[]): Household {
  const found: Record<string, unknown> = { ...NOBODY };
  columns.forEach((name, i) => {
    const value = row[i];
    if (!(name in NOBODY)) return;
    if (LISTS.has(name)) found[name] = Array.isArray(value) ? value.map(String) : [];
    else if (TEXTS.has(name)) found[name] = value == null ? "" : String(value);
    else found[name] = value ?? (NOBODY as unknown as Record<string, unknown>)[name];
  });
  return found as unknown as Household;
}

const isOf = <K extends Kind>(item: Kept, kind: K): item is Kept & { body: Bodies[K] } => item.kind === kind;

/** Records that still say something: not refused, not let go, not replaced by a later correction. */
export function standing(items: readonly Kept[]): Kept[] {
  const replaced = new Set(items.filter((i) => i.state !== "refused" && !i.letGo).map((i) => (i.body as { corrects?: string | null }).corrects));
  return items.filter((i) => i.state !== "refused" && !i.letGo && !replaced.has(i.uid));
}

/** Requests that wait: what a team has done or cannot do leaves the list, until the house says that it waits again. */
export function requestsLeft(pulled: readonly HelpRequest[], items: readonly Kept[], pulledAt: number | null): HelpRequest[] {
  const answered = new Set(
    standing(items).filter((i) => i.kind === "answer" && (i.body as AnswerBody).result !== "more" && !isSettled(i, pulledAt))
      .map((i) => (i.body as AnswerBody).request),
  );
  return pulled.filter((r) => !answered.has(r.uid));
}

/** `pulledAt`: when the house was last asked; what it has since then and does not show has left this phone. */
export function laidOver(pulled: ReadonlyMap<string, Household>, items: readonly Kept[], pulledAt: number | null = null): Map<string, Household> {
  const found = new Map(pulled);
  const inOrder = [...items].sort((a, b) => a.seq - b.seq);
  for (const item of inOrder) {
    if (!isOf(item, "household") || item.state === "refused" || item.state === "conflict" || item.letGo) continue;
    const before = found.get(item.body.entity) ?? (item.body.base === 0 ? { ...NOBODY, uid: item.body.entity } : null);
    const known = pulled.get(item.body.entity)?.version ?? -1;
    if (!before || (item.version != null && known >= item.version) || (!pulled.has(item.body.entity) && isSettled(item, pulledAt))) continue;
    if (item.body.gone) found.delete(item.body.entity);
    else {
      const { fields } = item.body;
      const after = { ...before, ...(fields as Partial<Household>), members: fields.members === undefined ? before.members : (fields.members ?? 0) };
      found.set(after.uid, fields.consent === "no" || !after.head ? { ...after, head: nameless(after.uid) } : after);
    }
  }
  for (const item of standing(inOrder)) {
    if (!isOf(item, "visit")) continue;
    const before = found.get(item.body.household);
    const on = shownDay(item.body.on, item.made_at, item.skew);
    if (!before) continue;
    const { topics, result, next } = item.body;
    // As the house counts: guided is what the household can do now, alone or with some help; whatever the day.
    const done = result === "not_yet" ? before.done : [...new Set([...before.done, ...topics])];
    if (before.last_on !== null && before.last_on > on) {
      found.set(before.uid, { ...before, done });
      continue;
    }
    const next_on = item.body.next_on && shownDay(item.body.next_on, item.made_at, item.skew);
    found.set(before.uid, { ...before, last_on: on, last_result: result, done, next_on, next });
  }
  return found;
}

/** As it is being edited: what was changed here lies over what is known now, so that what others write meanwhile stays theirs. */
export const editedFrom = (known: Household, strokes: Partial<Household>): Household => (
  { ...known, head: known.head === nameless(known.uid) ? "" : known.head, ...strokes });

/** Only what differs. Without consent no name is sent; with it given anew, the name always. */
export function changed(before: Household, after: Household): HouseholdFields {
  const fields: Record<string, unknown> = {};
  for (const name of ["village", "head", "members", "skills", "needs", "consent"] as const)
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) fields[name] = name === "members" ? after.members || null : after[name];
  if (after.consent === "no") delete fields.head;
  else if (before.consent === "no") fields.head = after.head;
  return fields;
}

/**
 * Where the next edit of a household stands. A run goes on while any of it has not come back with a pull; an edit that
 * was refused or is disputed ends it, and the next one leaves from what the house says now.
 */
export function nextEdit(uid: string, pulledVersion: number | null, items: readonly Kept[], newBranch: () => string): Pick<HouseholdBody, "trunk" | "base" | "branch"> {
  const edits = items.filter((i): i is Kept & { body: HouseholdBody } => isOf(i, "household") && i.body.entity === uid && !i.letGo)
    .sort((a, b) => a.seq - b.seq);
  const last = edits.at(-1);
  const open = last && !["refused", "conflict"].includes(last.state) && (last.version == null || last.version > (pulledVersion ?? -1));
  if (last && open) {
    const { trunk, branch } = last.body;
    return { trunk, branch, base: trunk + edits.filter((e) => e.body.branch === branch && e.state !== "refused").length };
  }
  const trunk = pulledVersion ?? 0;
  return { trunk, base: trunk, branch: newBranch() };
}
