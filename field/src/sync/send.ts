// Sends what waits, then photos, then parcels carried for others, then pulls. Each step may stop anywhere, at any time:
// all of them may be done again.
import type { ParcelAnswer } from "../contract";
import { answered, isUnsent, offeredAgain, photosLeft, type Kept } from "../domain/outbox";
import { deviceTime } from "../domain/day";
import { uuid7 } from "../domain/uuid";
import { pulledInto } from "../store/book";
import type { Session } from "../session";
import { call, type Heard } from "./call";
import { proofOf } from "./crypto";
import { batchOf, isAnswerTo, isPhotoAnswer, isPull, MOST_ITEMS, nextBatch, proofText } from "./plan";

export type Contact = "ok" | "away" | "strange" | "busy" | "closed";
const CLOSING = new Set(["PhoneRevoked", "TokenUnknown", "MemberLeft"]);
const SLICE = 64 * 1024;

export async function exchange(s: Session): Promise<Contact> {
  if (s.seat.closed) return "closed";
  const sent = await sendAll(s);
  if (sent !== "ok") return sent;
  const pulled = await pull(s);
  if (pulled !== "ok") return pulled;
  if (s.items.some(isUnsent) && (await sendAll(s)) === "closed") return "closed"; // offered again after a move of the house
  const photos = await sendPhotos(s);
  if (photos !== "ok") return photos;
  return sendParcels(s);
}

async function closing(s: Session, heard: Heard): Promise<Contact | null> {
  if (heard.kind === "fault" && (heard.status === 401 || CLOSING.has(heard.code))) {
    await s.close({ code: heard.code, says: heard.says });
    return "closed";
  }
  return heard.kind === "away" || heard.kind === "strange" || heard.kind === "busy" ? heard.kind : null;
}

export async function sendAll(s: Session): Promise<Contact> {
  const skip = new Set<string>();
  let most = MOST_ITEMS;
  for (;;) {
    const chosen = nextBatch(s.items, skip, most);
    if (!chosen.length) return "ok";
    const batch = batchOf(uuid7(), chosen, s.items, deviceTime(Date.now()), __VERSION__);
    const heard = await call("gui/", { token: s.seat.token, json: batch });
    const stopped = await closing(s, heard);
    if (stopped) return stopped;
    if (heard.kind === "fault") {
      if (heard.status === 429 || heard.status === 503) return "busy";
      if (chosen.length > 1) most = Math.ceil(chosen.length / 2); // someone spoils the batch: find who
      else {
        const spoilt = chosen[0]!;
        skip.add(spoilt.uid);
        most = MOST_ITEMS;
        await s.changeItems([spoilt.uid], (item) => ({ ...item, tries: item.tries + 1, says: heard.says, code: heard.code }));
      }
      continue;
    }
    if (heard.kind !== "json" || !isAnswerTo(batch, heard.body)) return "strange";
    const answer = heard.body;
    if ((await proofOf(s.seat.token, proofText(answer))) !== answer.proof) return "strange";
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
  const heard = await call(`so/?tu=${encodeURIComponent(s.window.cursor)}`, { token: s.seat.token });
  const stopped = await closing(s, heard);
  if (stopped) return stopped;
  if (heard.kind !== "json" || !isPull(heard.body)) return heard.kind === "fault" ? "busy" : "strange";
  const got = heard.body;
  const at = await s.heard(got.at);
  const moved = got.epoch !== s.seat.epoch;
  await s.putWindow(pulledInto(s.window, got));
  const records = new Map((got.records ?? []).map((r) => [r.uid, r]));
  const touched = s.items.filter((i) => records.has(i.uid) || (moved && !isUnsent(i))).map((i) => i.uid);
  await s.changeItems(touched, (item) => {
    const about = records.get(item.uid);
    if (about && !item.letGo) return answered(item, about, at);
    return moved ? offeredAgain(item) : item;
  });
  await s.changeSeat({ epoch: got.epoch, ...(got.me ? { member: { ...s.seat.member, ...got.me } } : {}), ...(got.team ? { team: got.team } : {}) });
  return "ok";
}

async function sendPhotos(s: Session): Promise<Contact> {
  for (const item of s.items)
    for (const note of photosLeft(item)) {
      const contact = await sendPhoto(s, item, note.uid);
      if (contact !== "ok") return contact;
    }
  return "ok";
}

/** From where the last try stopped. One that the house does not want yet waits alone. */
async function sendPhoto(s: Session, item: Kept, uid: string): Promise<Contact> {
  const bytes = await s.book.photo(uid);
  let heard = await call(`anh/${uid}/`, { token: s.seat.token });
  while (bytes) {
    const stopped = await closing(s, heard);
    if (stopped) return stopped;
    if (heard.kind === "fault" && heard.status !== 404) return "ok";
    if (heard.kind === "json" && !isPhotoAnswer(uid, heard.body)) return "strange";
    const have: { have: number; done: boolean } = heard.kind === "json" && isPhotoAnswer(uid, heard.body) ? heard.body : { have: 0, done: false };
    if (have.done) break;
    if (have.have >= bytes.byteLength) return "ok";
    const before = have.have;
    heard = await call(`anh/${uid}/?tu=${before}`, { token: s.seat.token, method: "POST", bytes: bytes.slice(before, before + SLICE) });
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
    const heard = await call("goi/", { token: s.seat.token, json: { v: 1, parcels: [carried.body] } });
    const stopped = await closing(s, heard);
    if (stopped) return stopped;
    const answers = heard.kind === "json" ? (heard.body as { v?: unknown; answers?: unknown }) : {};
    const answer = answers.v === 1 && Array.isArray(answers.answers)
      ? (answers.answers as ParcelAnswer[]).find((a) => a?.parcel === carried.parcel && ["delivered", "already", "refused"].includes(a.state))
      : undefined;
    if (!answer) continue;
    await s.phone.putParcel({ ...carried, state: answer.state === "refused" ? "refused" : "delivered", says: answer.says ?? "" });
  }
  return "ok";
}
