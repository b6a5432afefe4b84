// Whom to visit next, and why. Decided on the device from what it knows; the words are made by `words.ts`.
import type { Campaign, HelpRequest } from "../contract";
import { daysBetween, type PlainDay } from "./day";
import { fold } from "./fold";
import type { Household } from "./household";

export type Why =
  | { kind: "asked"; text: string }
  | { kind: "promised"; on: PlainDay; what: string }
  | { kind: "campaign"; title: string; topics: string[] }
  | { kind: "never" }
  | { kind: "long"; on: PlainDay };

export interface Task { household: Household; why: Why; request: HelpRequest | null; campaign: string | null }

const ORDER = { asked: 0, promised: 1, campaign: 2, never: 3, long: 4 } as const;
const REST_DAYS = 14; // a household that was just visited is left in peace, unless something was asked or promised

export const isRunning = (campaign: Campaign, today: PlainDay): boolean => campaign.from <= today && today <= campaign.to;

/** The household the commune found for a request; else the one whose head bears the name, in that village. */
export const isFrom = (request: HelpRequest, house: Household): boolean =>
  request.household
    ? request.household === house.uid
    : request.village === house.village && !!request.name && bare(request.name) === bare(house.head);

const bare = (name: string): string => fold(name).replace(/^(ong|ba|anh|chi|co|chu|bac|em) (?=\S+ \S)/, "");

export function taskOf(house: Household, requests: readonly HelpRequest[], campaigns: readonly Campaign[], today: PlainDay): Task | null {
  const request = requests.find((r) => isFrom(r, house));
  if (request) return { household: house, request, campaign: null, why: { kind: "asked", text: request.text ?? "" } };
  const task = (why: Why, campaign: string | null = null): Task => ({ household: house, why, request: null, campaign });
  if (house.next_on && house.next_on <= today) return task({ kind: "promised", on: house.next_on, what: house.next });
  if (house.last_on !== null && daysBetween(house.last_on, today) < REST_DAYS) return null;
  if (house.next_on) return null; // there is a day already
  for (const campaign of campaigns) {
    const topics = campaign.topics.filter((t) => house.needs.includes(t) && !house.done.includes(t));
    if (topics.length) return task({ kind: "campaign", title: campaign.title, topics }, campaign.uid);
  }
  return task(house.last_on === null ? { kind: "never" } : { kind: "long", on: house.last_on });
}

/** In order: asked for help, promised, wanted by a campaign, never visited, longest not visited. */
export function tasks(
  households: Iterable<Household>, requests: readonly HelpRequest[], campaigns: readonly Campaign[], today: PlainDay,
): Task[] {
  const running = campaigns.filter((c) => isRunning(c, today));
  const found: Task[] = [];
  for (const house of households) {
    if (house.last_on === today) continue;
    const task = taskOf(house, requests, running, today);
    if (task) found.push(task);
  }
  const day = (t: Task): string => (t.why.kind === "promised" || t.why.kind === "long" ? t.why.on : "");
  return found.sort(
    (a, b) =>
      ORDER[a.why.kind] - ORDER[b.why.kind] || day(a).localeCompare(day(b)) || a.household.village.localeCompare(b.household.village) ||
      a.household.head.localeCompare(b.household.head, "vi"),
  );
}
