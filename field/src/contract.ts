// What the device and the house say to each other: docs/teams-and-field.md, „The contract of the device“.
import type { PlainDay } from "./domain/day";

export type Kind = "visit" | "gathering" | "household" | "answer" | "submission";
export type Result = "able" | "more" | "not_yet";
export type AnswerResult = "done" | "more" | "cannot";
export type Consent = "yes" | "no" | "unasked";

export interface PhotoNote { uid: string; sha256: string; size: number; type: string }
export interface Proof { kind: "none" | "code" | "signature" | "photo"; code?: string; photo?: string }
export interface FormAnswers { id: string; version: string; answers: Record<string, unknown> }

export interface VisitBody {
  household: string; on: PlainDay; topics: string[]; result: Result; next_on: PlainDay | null; next: string; note: string;
  proof: Proof; photos: PhotoNote[]; corrects: string | null; campaign: string | null; form: FormAnswers | null;
}
export interface GatheringBody {
  village: string; on: PlainDay; place: string; topics: string[]; attended: number; note: string; photos: PhotoNote[];
  corrects: string | null;
}
export interface HouseholdFields {
  village?: string; head?: string; members?: number | null; skills?: string[]; needs?: string[]; consent?: Consent;
}
export interface HouseholdBody {
  entity: string; trunk: number; base: number; branch: string; fields: HouseholdFields; gone?: boolean;
}
export interface AnswerBody { request: string; result: AnswerResult; note: string; on: PlainDay }
export interface SubmissionBody {
  form: string; version: string; answers: Record<string, unknown>; household: string | null; on: PlainDay;
}
export interface Bodies {
  visit: VisitBody; gathering: GatheringBody; household: HouseholdBody; answer: AnswerBody; submission: SubmissionBody;
}

export interface SentItem { uid: string; kind: Kind; seq: number; made_at: string; body: Bodies[Kind] }
export interface Batch {
  v: 1; batch: string; sent_at: string; app: string; unsent: number; oldest: PlainDay | null; items: SentItem[];
}
export type AnswerState = "written" | "already" | "held" | "conflict" | "refused";
export interface ItemAnswer {
  uid: string; state: AnswerState; receipt?: string | null; says?: string | null; code?: string | null; version?: number | null;
}
export interface BatchAnswer { v: 1; batch: string; at: string; epoch: string; proof: string; answers: ItemAnswer[] }
export interface Fault { v: 1; code: string; says: string }

export interface Enrolled {
  v: 1; token: string; seat: string; member: { uid: string; name: string; address: string; role: string };
  team: { uid: string; name: string }; place: unknown; epoch: string; key: string; at?: string;
}
export interface Topic { code: string; label: string }
export interface Village { uid: string; name: string; [more: string]: unknown }
export interface Script { title: string; steps: string[] }
export interface Campaign {
  uid: string; title: string; topics: string[]; from: PlainDay; to: PlainDay; target: unknown; scripts: Script[]; form: string | null;
}
/** Who asked is a name and a telephone, not a household; one that is closed comes with its state alone. */
export interface HelpRequest {
  uid: string; state: string; village?: string | null; household?: string | null; name?: string; phone?: string; topic?: string; text?: string; due_on?: PlainDay | null;
}
export interface FormPaper { id: string; version: string; title: string; definition: unknown }
export interface Colleague { name: string; unsent: number; spoke_at: string | null }
export interface Pull {
  v: 1; at: string; epoch: string; cursor: string; whole: boolean; me?: Enrolled["member"]; team?: Enrolled["team"];
  villages?: Village[]; topics?: Topic[]; skills?: Topic[]; households?: { columns: string[]; rows: unknown[][] }; gone?: string[];
  campaigns?: Campaign[]; forms?: FormPaper[]; requests?: HelpRequest[]; records?: ItemAnswer[]; colleagues?: Colleague[];
}
export interface PhotoAnswer { v: 1; uid: string; have: number; size: number; done: boolean }
export interface Parcel { v: 1; parcel: string; seat: string; epk: string; iv: string; data: string }
export interface ParcelAnswer {
  parcel: string; state: "delivered" | "already" | "refused"; count?: number | null; receipt?: string | null; says?: string | null;
}
