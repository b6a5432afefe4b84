// What of a person is on this phone alone: while there is any, she does not leave it.
import { isUnsent, needsEyes, photosLeft, type Kept } from "./outbox";
import { isTouched, type VisitDraft } from "./visit";

export interface Left { unsent: number; photos: number; look: number; drafts: number }

/** A form that was opened and left as it was is no draft. */
export const isDraft = (name: string, draft: unknown): boolean => !name.startsWith("visit:") || isTouched(draft as VisitDraft);

/** What the house refused it does not have; what someone must choose it has, and the person has read so. */
export const leftHere = (items: readonly Kept[], drafts: ReadonlyMap<string, unknown>): Left => ({
  unsent: items.filter(isUnsent).length,
  photos: items.reduce((n, item) => n + (isUnsent(item) ? 0 : photosLeft(item).length), 0),
  look: items.filter((item) => needsEyes(item) && (item.state === "refused" || !item.seen)).length,
  drafts: [...drafts].filter(([name, draft]) => isDraft(name, draft)).length,
});
export const isAnyLeft = (left: Left): boolean => left.unsent + left.photos + left.look + left.drafts > 0;
