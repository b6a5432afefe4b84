// Sends what waits, then photos, then parcels carried for others, then pulls. Each step may stop anywhere, at any time:
// all of them may be done again.
import type { Batch, BatchAnswer, ParcelAnswer } from "../contract";
import { answered, isUnsent, offeredAgain, photosLeft, setAside, type Kept } from "../domain/outbox";
import { deviceTime } from "../domain/day";
import { uuid7 } from "../domain/uuid";
import { NOTHING_PULLED, pulledInto } from "../store/book";
import { words } from "../words";
import type { Session } from "../session";
import { call, type Heard } from "./call";
import { proofOf } from "./crypto";
import { batchOf, isAnswerTo, isPhotoAnswer, isPull, MOST_ITEMS, nextBatch, proofText } from "./plan";

export type Contact = "ok" | "away" | "strange" | "busy" | "closed";
const CLOSING = new Set(["PhoneRevoked", "TokenUnknown", "MemberLeft"]);
const SLICE = 64 * 1024;
const TIMES = 3; // in a row without an answer, before a batch is halved, or one record is set aside

export async function exchange(s: Session): Promise<Contact> {
  if (s.seat.closed) return "closed";
  // A batch that meets no answer holds back neither what comes nor the photos, as long as the house speaks.
  const sent = await sendAll(s);
  if (isOver(sent)) return sent;
  const pulled = await pull(s);
  if (isOver(pulled) || (sent !== "ok" && pulled !== "ok")) return pulled;
  // Offered again after a move of the house.
  if (sent === "ok" && s.items.some((i) => isUnsent(i) && !i.tries) && (await sendAll(s)) === "closed") return "closed";
  const photos = await sendPhotos(s);
  if (isOver(photos)) return photos;
  const parcels = await sendParcels(s);
  return [sent, pulled, photos].find((contact) => contact !== "ok") ?? parcels;
}

const isOver = (contact: Contact): boolean => contact === "away" || contact === "closed";

interface Told { heard: Heard; stopped: Contact | null; token: string }

/** A call under the token of this seat. What is said to a token that was renewed meanwhile closes nothing: asked again. */
async function ask(s: Session, path: string, options: Parameters<typeof call>[1] = {}): Promise<Told> {
  for (;;) {
    const { token } = s.seat;
    const heard = await call(path, { ...options, token });
    if (heard.kind !== "fault" || (heard.status !== 401 && !CLOSING.has(heard.code)))
      return { heard, token, stopped: heard.kind === "away" || heard.kind === "strange" || heard.kind === "busy" ? heard.kind : null };
    if ((await s.readSeat()).token !== token) continue;
    // Nobody's household stays with who has left: they go first, for a closed book is not asked about again.
    if (heard.code === "MemberLeft") await s.putWindow(NOTHING_PULLED);
    await s.close({ code: heard.code, says: heard.says });
    return { heard, token, stopped: "closed" };
  }
}

/** The answer, when it is one and is proven under the token that asked. */
const answerTo = async (batch: Batch, heard: Heard, token: string): Promise<BatchAnswer | null> =>
  heard.kind === "json" && isAnswerTo(batch, heard.body) && (await proofOf(token, proofText(heard.body))) === heard.body.proof ? heard.body : null;

/** Whether the house takes a batch at all: one with nothing in it. */
async function isWell(s: Session): Promise<boolean> {
  const batch = batchOf(uuid7(), [], s.items, deviceTime(Date.now()), __VERSION__);
  const { token } = s.seat;
  return (await answerTo(batch, await call("gui/", { token, json: batch }), token)) !== null;
}

/**
 * All that waits. A batch that meets no answer three times in a row, from a house that does take an empty one, is halved
 * until the record that spoils it stands alone; that one goes last from then on, and is set aside the third time.
 */
export async function sendAll(s: Session): Promise<Contact> {
  const skip = new Set<string>();
  let most = MOST_ITEMS;
  let well = false; // the house took something in this round: it is not the house
  let met: Contact = "ok";
  for (;;) {
    const chosen = nextBatch(s.items, skip, most);
    if (!chosen.length) return met;
    const batch = batchOf(uuid7(), chosen, s.items, deviceTime(Date.now()), __VERSION__);
    const { heard, stopped, token } = await ask(s, "gui/", { json: batch });
    if (stopped && isOver(stopped)) return stopped;
    const fault = heard.kind === "fault" ? heard : null;
    if (fault && (fault.status === 429 || fault.status === 503)) return "busy";
    const answer = await answerTo(batch, heard, token);
    if (!answer) {
      const refused = fault !== null && fault.status < 500; // the house has read it, and will not have it
      const no: Contact = heard.kind === "busy" || fault ? "busy" : "strange";
      if (!refused) s.troubles += 1;
      if (chosen.length > 1) {
        if (!refused && !well && (s.troubles < TIMES || !(well = await isWell(s)))) return no;
        most = Math.ceil(chosen.length / 2); // someone spoils the batch: find who
        continue;
      }
      const { uid, tries } = chosen[0]!;
      const isLast = tries + 1 >= TIMES && (well || (well = await isWell(s)));
      const said = fault ? { says: fault.says, code: fault.code } : {};
      skip.add(uid);
      most = MOST_ITEMS;
      await s.changeItems([uid], (item) => isLast
        ? setAside(item, words.keptHere(fault?.says ?? "")) : { ...item, ...said, tries: Math.min(tries + 1, TIMES - 1) });
      if (isLast || refused) continue;
      if (!well) return no;
      met = no;
      continue;
    }
    well = true;
    s.troubles = 0;
    const at = await s.heard(answer.at);
    const byUid = new Map(answer.answers.map((a) => [a.uid, a]));
    const moved = answer.epoch !== s.seat.epoch;
    const touched = s.items.filter((item) => byUid.has(item.uid) || (moved && !isUnsent(item))).map((item) => item.uid);
    await s.changeItems(touched, (item) => {
      const about = byUid.get(item.uid);
      return about ? answered(item, about, at) : offeredAgain(item);
    });
    if (moved) await s.changeSeat({ epoch: answer.epoch });
    for (const item of chosen) if (!byUid.has(item.uid)) skip.add(item.uid); // not answered: another time
  }
}

export async function pull(s: Session): Promise<Contact> {
  const { heard, stopped } = await ask(s, `so/?tu=${encodeURIComponent(s.window.cursor)}`);
  if (stopped) return stopped;
  if (heard.kind !== "json" || !isPull(heard.body)) return heard.kind === "fault" ? "busy" : "strange";
  const got = heard.body;
  const at = await s.heard(got.at);
  const moved = got.epoch !== s.seat.epoch;
  // The window, and with it the cursor, last of what was said: an answer about a record is told only once.
  const records = new Map((got.records ?? []).map((r) => [r.uid, r]));
  const touched = s.items.filter((i) => records.has(i.uid) || (moved && !isUnsent(i))).map((i) => i.uid);
  await s.changeItems(touched, (item) => {
    const about = records.get(item.uid);
    if (about && !item.letGo) return answered(item, about, at);
    return moved ? offeredAgain(item) : item;
  });
  await s.putWindow(pulledInto(s.window, got));
  await s.changeSeat({ epoch: got.epoch, ...(got.me ? { member: { ...s.seat.member, ...got.me } } : {}), ...(got.team ? { team: got.team } : {}) });
  return "ok";
}

async function sendPhotos(s: Session): Promise<Contact> {
  let met: Contact = "ok";
  for (const item of s.items)
    for (const note of photosLeft(item)) {
      const contact = await sendPhoto(s, item, note.uid);
      if (isOver(contact) || (contact !== "ok" && met !== "ok")) return contact; // one may be to blame, not two
      if (contact !== "ok") met = contact;
    }
  return met;
}

/** From where the last try stopped. One that the house does not want yet waits alone. */
async function sendPhoto(s: Session, item: Kept, uid: string): Promise<Contact> {
  const bytes = await s.book.photo(uid);
  let { heard, stopped } = await ask(s, `anh/${uid}/`);
  while (bytes) {
    if (stopped) return stopped;
    if (heard.kind === "fault" && heard.status !== 404) return "ok";
    if (heard.kind === "json" && !isPhotoAnswer(uid, heard.body)) return "strange";
    const have: { have: number; done: boolean } = heard.kind === "json" && isPhotoAnswer(uid, heard.body) ? heard.body : { have: 0, done: false };
    if (have.done) break;
    if (have.have >= bytes.byteLength) return "ok";
    const before = have.have;
    ({ heard, stopped } = await ask(s, `anh/${uid}/?tu=${before}`, { method: "POST", bytes: bytes.slice(before, before + SLICE) }));
    if (heard.kind === "fault" && heard.status === 404) return "ok";
    if (heard.kind === "json" && isPhotoAnswer(uid, heard.body) && !heard.body.done && heard.body.have <= before) return "ok";
  }
  if (bytes) await s.book.photoSent(uid);
  await s.changeItems([item.uid], (now) => ({ ...now, photosDone: [...new Set([...now.photosDone, uid])] }));
  return "ok";
}

/** Whoever carries a parcel learns only that it arrived. */
async function sendParcels(s: Session): Promise<Contact> {
  for (const carried of (await s.phone.parcels()).filter((p) => p.state === "waiting")) {
    const { heard, stopped } = await ask(s, "goi/", { json: { v: 1, parcels: [carried.body] } });
    if (stopped && isOver(stopped)) return stopped;
    const answers = heard.kind === "json" ? ((heard.body ?? {}) as { v?: unknown; answers?: unknown }) : {};
    const answer = answers.v === 1 && Array.isArray(answers.answers)
      ? (answers.answers as ParcelAnswer[]).find((a) => a?.parcel === carried.parcel && ["delivered", "already", "refused"].includes(a.state))
      : undefined;
    if (!answer) continue;
    await s.phone.putParcel({ ...carried, state: answer.state === "refused" ? "refused" : "delivered", says: answer.says ?? "" });
  }
  return "ok";
}
