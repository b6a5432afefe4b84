// A visit while it is being written, and as it is sent.
import type { PhotoNote, Proof, Result, VisitBody } from "../contract";
import type { PlainDay } from "./day";

export interface VisitDraft {
  household: string; topics: string[]; result: Result | null; next_on: PlainDay | null; next: string; note: string;
  proof: Proof; photos: PhotoNote[]; corrects: string | null; campaign: string | null; on: PlainDay | null; // null: today
  answers: boolean; // whether it also answers the request for help of this household
}

export const LONGEST_NOTE = 500;

export const emptyVisit = (household: string): VisitDraft => ({
  household, topics: [], result: null, next_on: null, next: "", note: "", proof: { kind: "none" }, photos: [], corrects: null,
  campaign: null, on: null, answers: true,
});

export const isTouched = (draft: VisitDraft): boolean =>
  draft.topics.length > 0 || draft.result !== null || draft.note !== "" || draft.next !== "" || draft.next_on !== null ||
  draft.photos.length > 0 || draft.proof.kind !== "none";

export const filledCount = (draft: VisitDraft): number =>
  [draft.topics.length > 0, draft.result !== null, draft.note !== "", draft.next !== "" || draft.next_on !== null,
    draft.photos.length > 0, draft.proof.kind !== "none"].filter(Boolean).length;

export type VisitFault = "topics" | "result" | "code" | "sign" | "note";

/** A proof that names a picture names one that goes along. */
const lacksPicture = ({ proof, photos }: VisitDraft): boolean =>
  (proof.kind === "signature" || proof.kind === "photo") && !photos.some((p) => p.uid === proof.photo);

/** `cannot`: it also tells a request that nobody could help, and the house wants to know why. */
export function faultsOf(draft: VisitDraft, cannot = false): VisitFault[] {
  const found: VisitFault[] = [];
  if (!draft.topics.length) found.push("topics");
  if (!draft.result) found.push("result");
  if (draft.proof.kind === "code" && !(draft.proof.code ?? "").trim()) found.push("code");
  if (lacksPicture(draft)) found.push("sign");
  if (cannot && !draft.note.trim()) found.push("note");
  return found;
}

/** `on` is the day as the device noted it (docs/teams-and-field.md, „A clock that is wrong“). */
export function visitBody(draft: VisitDraft, on: PlainDay, noted: (day: PlainDay) => PlainDay): VisitBody {
  const { household, topics, corrects, campaign, photos } = draft;
  const code = (draft.proof.code ?? "").trim().toUpperCase();
  const proof: Proof = draft.proof.kind === "code" ? { kind: "code", code } : draft.proof;
  return {
    household, on, topics, result: draft.result ?? "not_yet", next_on: draft.next_on && noted(draft.next_on), next: draft.next.trim(), note: draft.note.trim().slice(0, LONGEST_NOTE),
    proof, photos, corrects, campaign, form: null,
  };
}

/** What a correction starts from. */
export const draftOf = (body: VisitBody, uid: string | null, on: PlainDay, next_on: PlainDay | null): VisitDraft => ({
  household: body.household, topics: body.topics, result: body.result, next_on, next: body.next, note: body.note,
  proof: body.proof, photos: body.photos, corrects: uid, campaign: body.campaign, on, answers: false,
});
