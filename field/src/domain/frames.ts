// A parcel as a series of QR codes: LS1/PARCEL/I/N/CHUNK. Any order, any number of times over.
const MARK = "LS1";
export const CHUNK = 300; // with its head about 350 bytes: QR version 12 at level L, which cheap cameras still read

export function framesOf(parcel: string, text: string, chunk: number = CHUNK): string[] {
  const count = Math.max(1, Math.ceil(text.length / chunk));
  return Array.from({ length: count }, (_, i) => [MARK, parcel, i + 1, count, text.slice(i * chunk, (i + 1) * chunk)].join("/"));
}

export interface Gathered { parcel: string; count: number; parts: Map<number, string> }

/** Takes one frame in. Something else in front of the camera changes nothing. */
export function take(before: Gathered | null, frame: string): Gathered | null {
  const found = /^LS1\/([0-9a-f-]{36})\/(\d{1,4})\/(\d{1,4})\/([\s\S]*)$/.exec(frame);
  if (!found) return before;
  const [, parcel, i, n, chunk] = found as unknown as [string, string, string, string, string];
  const at = Number(i);
  const count = Number(n);
  if (at < 1 || at > count) return before;
  const same = before && before.parcel === parcel && before.count === count;
  const parts = new Map(same ? before.parts : []);
  parts.set(at, chunk);
  return { parcel, count, parts };
}

export const isWhole = (gathered: Gathered | null): gathered is Gathered =>
  gathered !== null && gathered.parts.size === gathered.count;
export const joined = (gathered: Gathered): string =>
  Array.from({ length: gathered.count }, (_, i) => gathered.parts.get(i + 1) ?? "").join("");
