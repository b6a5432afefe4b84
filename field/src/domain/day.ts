// A day is a day in Vietnam, written YYYY-MM-DD; a moment is milliseconds. The house's clock leads: `skew` is how far
// it was ahead of this device when last heard.
export type PlainDay = string;

const DAY_MS = 86_400_000;
const VIETNAM_MS = 7 * 3_600_000;

export const dayOf = (ms: number): PlainDay => new Date(ms + VIETNAM_MS).toISOString().slice(0, 10);
const number = (day: PlainDay): number => Date.parse(`${day}T00:00:00Z`) / DAY_MS;
export const addDays = (day: PlainDay, count: number): PlainDay =>
  new Date((number(day) + count) * DAY_MS).toISOString().slice(0, 10);
export const daysBetween = (from: PlainDay, to: PlainDay): number => number(to) - number(from);
/** 0 is Sunday. */
export const weekdayOf = (day: PlainDay): number => (((number(day) + 4) % 7) + 7) % 7;

/** 22/11 */
export const shortDay = (day: PlainDay): string => `${day.slice(8, 10)}/${day.slice(5, 7)}`;
/** 22/11/2026 */
export const longDay = (day: PlainDay): string => `${shortDay(day)}/${day.slice(0, 4)}`;
/** 22/11, 07:31 */
export const moment = (ms: number): string => `${shortDay(dayOf(ms))}, ${new Date(ms + VIETNAM_MS).toISOString().slice(11, 16)}`;

/** The device's own clock, as the contract wants it: with its offset, never corrected. */
export const deviceTime = (ms: number): string => new Date(ms + VIETNAM_MS).toISOString().replace("Z", "+07:00");

const SMALL_SKEW_MS = 3_600_000; // the house leaves days alone when the clocks are this near

/** What the person meant by „today“, from what the device noted: its wrong clock is taken out of the day. */
export const shownDay = (noted: PlainDay, madeAt: string, skew: number): PlainDay => {
  if (Math.abs(skew) <= SMALL_SKEW_MS) return noted;
  const made = Date.parse(madeAt);
  return addDays(noted, daysBetween(dayOf(made), dayOf(made + skew)));
};
/** The other way round: the day as the device's own clock would have noted it. */
export const notedDay = (shown: PlainDay, madeAt: string, skew: number): PlainDay => {
  if (Math.abs(skew) <= SMALL_SKEW_MS) return shown;
  const made = Date.parse(madeAt);
  return addDays(shown, daysBetween(dayOf(made + skew), dayOf(made)));
};
