// What was written on this phone. The outbox only grows; each record says where it is.
import type { Bodies, ItemAnswer, Kind, PhotoNote } from "../contract";

export type Where = "unsent" | "written" | "already" | "held" | "conflict" | "refused";

export interface Kept {
  uid: string;
  kind: Kind;
  seq: number;
  made_at: string; // the device's own clock
  body: Bodies[Kind];
  skew: number; // how far the house's clock was ahead when it was made
  state: Where;
  receipt: string;
  says: string;
  code: string;
  version: number | null;
  sentAt: number | null; // by the house's clock
  tries: number; // how often it alone kept a batch from being taken
  handed: string; // the parcel in which another phone carries it
  letGo: boolean;
  seen: boolean; // the person has opened it since this was said of it
  photosDone: string[];
}

export const fresh = (uid: string, kind: Kind, made_at: string, body: Bodies[Kind], skew: number): Omit<Kept, "seq"> => ({
  uid, kind, made_at, body, skew, state: "unsent", receipt: "", says: "", code: "", version: null, sentAt: null, tries: 0,
  handed: "", letGo: false, seen: false, photosDone: [],
});

/** A record kept by an earlier version of the app has what was added since. */
export const filled = (kept: Partial<Kept>): Kept => ({ ...fresh("", "visit", "", {} as Bodies["visit"], 0), seq: 0, ...kept }) as Kept;

export const isUnsent = (item: Kept): boolean => item.state === "unsent" && !item.letGo;
export const needsEyes = (item: Kept): boolean => (item.state === "refused" || item.state === "conflict") && !item.letGo;
export const photosOf = (item: Kept): PhotoNote[] => (item.body as { photos?: PhotoNote[] }).photos ?? [];
export const photosLeft = (item: Kept): PhotoNote[] =>
  item.state === "unsent" || item.state === "refused" || item.letGo ? [] : photosOf(item).filter((p) => !item.photosDone.includes(p.uid));

/** What a correction of it names: what the house refused never counted, that is written anew. */
export const correctedBy = (old: Kept): string | null => (old.state === "refused" ? null : old.uid);

/** The record after an answer about it. A receipt once given stays, whatever is said later. */
export function answered(item: Kept, answer: ItemAnswer, at: number): Kept {
  return {
    ...item, state: answer.state, receipt: answer.receipt || item.receipt, says: answer.says ?? "", code: answer.code ?? "",
    version: answer.version ?? item.version, sentAt: item.sentAt ?? at, tries: 0,
    handed: "", seen: item.seen && answer.state === item.state,
  };
}

/** The house was put back from a backup or moved: what it once took is offered again; the same `uid` counts once. */
export const offeredAgain = (item: Kept): Kept =>
  item.letGo || item.state === "unsent" || (item.state === "refused" && item.code !== KEPT_HERE) ? item : triedAnew({ ...item, photosDone: [] });

/** No answer ever came about it, and it alone was the reason: set aside here, so that the rest goes on. */
export const KEPT_HERE = "KeptHere";
export const setAside = (item: Kept, says: string): Kept => ({ ...item, state: "refused", code: KEPT_HERE, says, tries: 0, handed: "", seen: false });
export const triedAnew = (item: Kept): Kept => ({ ...item, state: "unsent", code: "", says: "", tries: 0, handed: "" });

/** The house has it, and what was pulled since tells of it. */
export const isSettled = (item: Kept, pulledAt: number | null): boolean =>
  (item.state === "written" || item.state === "already") && item.sentAt !== null && pulledAt !== null && item.sentAt <= pulledAt;

const KEEP_DAYS = 90;
/** Sent long ago, with nothing left to send or to look at. */
export const isOld = (item: Kept, now: number): boolean =>
  (item.letGo || item.state === "written" || item.state === "already") && photosLeft(item).length === 0 && item.sentAt !== null &&
  now - item.sentAt > KEEP_DAYS * 86_400_000;
