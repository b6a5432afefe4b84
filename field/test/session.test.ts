// A book and a house together: sending, pulling, leaving, coming back.
import "./quiet";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { beforeEach, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Batch, Enrolled, ItemAnswer, VisitBody } from "../src/contract";
import { isAnyLeft, leftHere } from "../src/domain/leaving";
import { KEPT_HERE, triedAnew } from "../src/domain/outbox";
import { uuid7 } from "../src/domain/uuid";
import { emptyVisit } from "../src/domain/visit";
import { newSeat, Session } from "../src/session";
import { Phone } from "../src/store/phone";
import { call } from "../src/sync/call";
import { exchange } from "../src/sync/send";

const COLUMNS = ["uid", "village", "head"];
type Said = { status: number; body: unknown };

/** A house in memory: what it took, what it says; `spoils` holds the notes that bring it down. */
const house = {
  taken: new Map<string, unknown>(), batches: [] as Batch[], pulls: 0, spoils: new Set<string>(), down: false, refuses: false, code: "", left: false,
  answers: new Map<string, Partial<ItemAnswer>>(), records: new Map<string, ItemAnswer[]>(), // what a pull from this cursor is told of records
  revoked: new Set<string>(), asked: [] as string[], meanwhile: async (_path: string): Promise<void> => undefined, // before a call is answered
};
const OPEN = { ...house };
beforeEach(() => Object.assign(house, { ...OPEN, taken: new Map(), batches: [], spoils: new Set(), answers: new Map(), records: new Map(), revoked: new Set(), asked: [] }));

const at = () => new Date().toISOString();
const BUSY: Said = { status: 502, body: "<h1>Bad gateway</h1>" };

function said(path: string, token: string, body: string): Said {
  if (house.down) return BUSY;
  if (house.revoked.has(token)) return { status: 401, body: { v: 1, code: "TokenUnknown", says: "Máy này cần ghi danh lại." } };
  if (house.code) return { status: 401, body: { v: 1, code: house.code, says: "Anh, chị đã thôi tham gia Tổ." } };
  if (path.startsWith("so/")) {
    house.pulls += 1;
    const records = house.records.get(new URLSearchParams(path.slice(path.indexOf("?"))).get("tu") ?? "") ?? [];
    const rows = house.left ? [] : [["h", "v", "Vàng Thị Dín"]];
    return { status: 200, body: { v: 1, at: at(), epoch: "e", cursor: `c${house.pulls}`, whole: true, villages: house.left ? [] : [{ uid: "v", name: "Thôn" }], households: { columns: COLUMNS, rows }, records } };
  }
  if (path === "gui/" && house.refuses) return { status: 422, body: { v: 1, code: "BodyUnreadable", says: "Cập nhật ứng dụng." } };
  if (path !== "gui/") return { status: 404, body: { v: 1, code: "Unknown", says: "Không có." } };
  const batch = JSON.parse(body) as Batch;
  house.batches.push(batch);
  if (batch.items.some((i) => house.spoils.has((i.body as VisitBody).note))) return BUSY;
  const answers = batch.items.map((i) => {
    house.taken.set(i.uid, i.body);
    return { uid: i.uid, state: "written" as const, receipt: "R", ...house.answers.get(i.uid) };
  });
  const text = `${batch.batch}\n${answers.map((a) => `${a.uid} ${a.state} ${a.receipt}\n`).join("")}`;
  const proof = createHmac("sha256", createHash("sha256").update(token).digest()).update(text).digest("hex");
  return { status: 200, body: { v: 1, batch: batch.batch, at: at(), epoch: "e", proof, answers } };
}
globalThis.fetch = (async (path: string, options: RequestInit) => {
  const headers = options.headers as Record<string, string>;
  const raw = options.body ?? "";
  const text = typeof raw === "string" ? raw : headers["Content-Encoding"] === "gzip" ? gunzipSync(Buffer.from(raw as ArrayBuffer)).toString() : "";
  const [place, token] = [path.replace("/app/api/", ""), (headers.Authorization ?? "").replace("Bearer ", "")];
  house.asked.push(`${place.split("?")[0]} ${token}`);
  await house.meanwhile(place);
  const { status, body } = said(place, token, text);
  return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
}) as typeof fetch;

const enrolled = (uid: string, token = "t"): Enrolled => ({
  v: 1, token, seat: uuid7(), member: { uid, name: "Lù Văn Sính", address: "anh", role: "member" }, team: { uid: "t", name: "Tổ" }, place: "", epoch: "e", key: "",
});
async function opened(uid = uuid7()): Promise<Session> {
  const phone = await Phone.open();
  const { person, key } = await phone.addPerson(uid, "Lù Văn Sính", "anh", "274918");
  return Session.open(phone, person, key, () => undefined, newSeat(enrolled(uid), 0));
}
const visit = (s: Session, note: string, more: Partial<VisitBody> = {}) =>
  s.write("visit", (on) => ({
    household: "h", on, topics: ["dvc"], result: "able", next_on: null, next: "", note, proof: { kind: "none" }, photos: [], corrects: null, campaign: null, form: null, ...more,
  }));
const photo = (uid: string) => ({ uid, sha256: "", size: 4, type: "image/jpeg" });
const noteOf = (body: unknown) => (body as VisitBody).note;

test("nobody leaves the phone while anything of hers is on it alone", async () => {
  const s = await opened();
  const left = () => {
    const found = leftHere(s.items, s.drafts);
    assert.equal(isAnyLeft(found), Object.values(found).some((n) => n > 0), "any one of them holds her back");
    return found;
  };
  assert.ok(!isAnyLeft(left()));
  const one = await visit(s, "một", { photos: [photo("p")] });
  assert.deepEqual(left(), { unsent: 1, photos: 0, look: 0, drafts: 0 });
  const change = (state: "written" | "refused" | "conflict", more = {}) => s.changeItems([one.uid], (i) => ({ ...i, state, ...more }));
  await change("written");
  assert.deepEqual(left(), { unsent: 0, photos: 1, look: 0, drafts: 0 });
  await change("conflict", { photosDone: ["p"] });
  assert.deepEqual(left(), { unsent: 0, photos: 0, look: 1, drafts: 0 });
  await change("conflict", { seen: true });
  assert.ok(!isAnyLeft(left()), "the house has it, and she has read so");
  await change("refused");
  assert.equal(left().look, 1, "what was refused is nowhere but here, read or not");
  await change("refused", { letGo: true });
  await s.putDraft("visit:h", emptyVisit("h"));
  assert.ok(!isAnyLeft(left()), "a form that was only opened is no draft");
  await s.putDraft("visit:h", { ...emptyVisit("h"), note: "dở" });
  await s.putDraft("gathering:new", { place: "nhà văn hóa" });
  assert.deepEqual(left(), { unsent: 0, photos: 0, look: 0, drafts: 2 });
  await s.throwAway("gathering:new");
  assert.equal(left().drafts, 1);
  await s.shut();
});

test("an earlier book of the same member gives everything to the new seat: records of every state, drafts, photos", async () => {
  const uid = uuid7();
  const old = await opened(uid);
  const states = ["unsent", "refused", "conflict", "held", "written"] as const;
  for (const state of states) {
    const { uid: item } = await visit(old, state, { photos: [photo(`p-${state}`)] });
    await old.book.putPhoto(`p-${state}`, new TextEncoder().encode(state).buffer as ArrayBuffer, 1);
    if (state !== "unsent") await old.changeItems([item], (i) => ({ ...i, state, says: `xã nói: ${state}` }));
  }
  await old.book.putPhoto("p-draft", new ArrayBuffer(3), 1);
  await old.putDraft("visit:h", { ...emptyVisit("h"), note: "dở", photos: [photo("p-draft")] });
  await old.putDraft("gathering:new", { place: "cũ" });
  const s = await opened(uid);
  await s.putDraft("gathering:new", { place: "mới" });
  assert.equal(await s.adopt(old.book), 1, "one draft waits: another of its name is being written");
  assert.deepEqual(s.items.map((i) => [i.state, noteOf(i.body)]), states.map((state) => [state, state]));
  assert.deepEqual(s.items.map((i) => i.says).filter(Boolean).length, 4);
  assert.equal((s.drafts.get("visit:h") as { note: string }).note, "dở");
  assert.equal((s.drafts.get("gathering:new") as { place: string }).place, "mới");
  for (const state of states) assert.equal(new TextDecoder().decode((await s.book.photo(`p-${state}`))!), state);
  assert.equal((await s.book.photo("p-draft"))?.byteLength, 3);
  await s.throwAway("gathering:new");
  assert.equal(await s.adopt(old.book), 0);
  assert.equal(s.items.length, 5, "taken over once");
  assert.equal((s.drafts.get("gathering:new") as { place: string }).place, "cũ");
  await s.load();
  assert.deepEqual([s.items.length, s.drafts.size], [5, 2], "and it is written down");
  await Promise.all([old.shut(), s.shut()]);
});

test("a record that brings the house down each time is found and set aside; the rest goes, and pulls go on", async () => {
  const s = await opened();
  for (let i = 0; i < 7; i++) await visit(s, i === 3 ? "độc" : `lành ${i}`);
  house.spoils.add("độc");
  for (let i = 0; i < 2; i++) assert.equal(await exchange(s), "busy");
  assert.equal(house.taken.size, 0);
  assert.equal(house.pulls, 2, "what comes is not held back");
  assert.equal(await exchange(s), "busy");
  assert.equal(house.taken.size, 6, "halved until it stood alone");
  assert.equal(s.unsent, 1);
  await visit(s, "viết sau");
  await exchange(s);
  assert.equal(house.taken.size, 7);
  await exchange(s);
  const spoilt = s.items.find((i) => noteOf(i.body) === "độc")!;
  assert.deepEqual([spoilt.state, spoilt.code, s.unsent], ["refused", KEPT_HERE, 0]);
  assert.match(spoilt.says, /báo xã/);
  assert.equal(await exchange(s), "ok");
  house.spoils.clear();
  await s.changeItems([spoilt.uid], triedAnew);
  assert.equal(await exchange(s), "ok");
  assert.equal(house.taken.size, 8, "tried anew by a press");
  await s.shut();
});

test("one record alone is set aside the third time", async () => {
  const s = await opened();
  await visit(s, "độc");
  house.spoils.add("độc");
  for (let i = 0; i < 2; i++) assert.equal(await exchange(s), "busy");
  assert.equal(s.unsent, 1);
  await exchange(s);
  assert.deepEqual([s.unsent, s.items[0]!.state], [0, "refused"]);
  await s.shut();
});

test("when it is the house that is in trouble no record is blamed, however long it takes", async () => {
  const s = await opened();
  for (let i = 0; i < 3; i++) await visit(s, `lượt ${i}`);
  house.down = true;
  for (let i = 0; i < 9; i++) assert.equal(await exchange(s), "busy");
  assert.deepEqual(s.items.map((i) => i.state), ["unsent", "unsent", "unsent"]);
  house.down = false;
  assert.equal(await exchange(s), "ok");
  assert.equal(house.taken.size, 3);
  await s.shut();
});

test("a house that refuses even an empty batch blames no record", async () => {
  const s = await opened();
  await visit(s, "một");
  house.refuses = true;
  for (let i = 0; i < 5; i++) await exchange(s);
  assert.deepEqual([s.unsent, s.items[0]!.says], [1, "Cập nhật ứng dụng."]);
  house.refuses = false;
  assert.equal(await exchange(s), "ok");
  assert.equal(s.items[0]!.state, "written");
  await s.shut();
});

test("who has left the team sends what was written, the households leave the phone; after that the book is closed with the reason", async () => {
  const s = await opened();
  await exchange(s);
  assert.equal(s.households().size, 1);
  await s.write("household", { entity: "n", trunk: 0, base: 0, branch: "b", fields: { village: "v", head: "Lý Thị Sú", consent: "yes" } });
  await visit(s, "trước khi thôi");
  house.left = true;
  assert.equal(await exchange(s), "ok");
  assert.equal(house.taken.size, 2);
  assert.deepEqual([...s.households().keys()], [], "not even the one she had written herself");
  house.code = "MemberLeft";
  await visit(s, "sau hạn");
  assert.equal(await exchange(s), "closed");
  assert.deepEqual([s.seat.closed?.code, s.unsent, s.window.households.length], ["MemberLeft", 1, 0]);
  await s.shut();
});

test("a visit, the request it answers and the refused record it takes the place of are written together or not at all", async () => {
  const s = await opened();
  const refused = await visit(s, "bị từ chối");
  await s.changeItems([refused.uid], (i) => ({ ...i, state: "refused" }));
  const name = `visit:${refused.uid}`;
  const typed = { ...emptyVisit("h"), note: "ghi lại" };
  await s.putDraft(name, typed);
  const save = () => s.write("visit", (on) => ({ ...typed, on, result: "able", form: null }), { draft: name, anew: refused.uid, answer: { request: "r", result: "done", note: "" } });
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
  await assert.rejects(save(), { name: "QuotaExceededError" }).finally(() => void (IDBObjectStore.prototype.put = real));
  const stands = () => s.items.map((i) => [i.kind, i.state, i.letGo]);
  for (const step of [async () => undefined, s.load.bind(s)]) {
    await step();
    assert.deepEqual(stands(), [["visit", "refused", false]]);
    assert.deepEqual(s.drafts.get(name), typed);
  }
  await save();
  for (const step of [async () => undefined, s.load.bind(s)]) {
    await step();
    assert.deepEqual(stands(), [["visit", "refused", true], ["visit", "unsent", false], ["answer", "unsent", false]]);
    assert.deepEqual([s.drafts.size, s.items.map((i) => i.seq)], [0, [1, 2, 3]]);
  }
  const written = await visit(s, "đã nhận");
  await s.changeItems([written.uid], (i) => ({ ...i, state: "written" }));
  await s.write("visit", (on) => ({ ...typed, on, result: "able", form: null }), { anew: written.uid });
  assert.ok(!s.items.find((i) => i.uid === written.uid)!.letGo, "what the house has is corrected, not let go");
  await s.shut();
});

test("an old record is forgotten; its photo stays as long as another record or a draft holds it", async () => {
  const s = await opened();
  const uids = ["p-alone", "p-record", "p-draft"];
  for (const uid of uids) await s.book.putPhoto(uid, new ArrayBuffer(4), 1);
  const old = await visit(s, "cũ", { photos: uids.map(photo) });
  await s.changeItems([old.uid], (i) => ({ ...i, state: "written", sentAt: Date.now() - 91 * 86_400_000, photosDone: uids }));
  const anew = await visit(s, "ghi lại", { photos: [photo("p-record")] });
  await s.putDraft("visit:h", { ...emptyVisit("h"), photos: [photo("p-draft")] });
  assert.equal(await exchange(s), "ok");
  await s.load();
  assert.deepEqual(s.items.map((i) => i.uid), [anew.uid]);
  const kept = await Promise.all(uids.map(async (uid) => (await s.book.photo(uid)) !== null));
  assert.deepEqual(kept, [false, true, true]);
  await s.shut();
});

test("a photo that is taken out of a correction stays with the record that is corrected", async () => {
  const s = await opened();
  const photos = ["p-record", "p-new"].map(photo);
  for (const { uid } of photos) await s.book.putPhoto(uid, new ArrayBuffer(4), 1);
  const { uid } = await visit(s, "một", { photos: photos.slice(0, 1) });
  await s.putDraft(`visit:${uid}`, { ...emptyVisit("h"), photos });
  await s.dropPhotos(photos);
  assert.ok(await s.book.photo("p-record"), "it has yet to be sent");
  assert.equal(await s.book.photo("p-new"), null);
  await s.shut();
});

test("what a pull tells of records is told once: it is written before the cursor moves on", async () => {
  const s = await opened();
  const { uid } = await visit(s, "một");
  assert.equal(await exchange(s), "ok");
  const { cursor } = s.window;
  house.records.set(cursor, [{ uid, state: "refused", says: "Trùng với lượt khác." }]);
  const { put } = s.book;
  s.book.put = () => Promise.reject(new DOMException("", "QuotaExceededError"));
  await assert.rejects(exchange(s), { name: "QuotaExceededError" });
  assert.deepEqual([s.window.cursor, (await s.book.window()).cursor], [cursor, cursor], "asked again from where it stood");
  s.book.put = put;
  assert.equal(await exchange(s), "ok");
  await s.load();
  assert.deepEqual([s.items[0]!.state, s.items[0]!.says], ["refused", "Trùng với lượt khác."]);
  assert.notEqual(s.window.cursor, cursor);
  await s.shut();
});

test("what is said to a token that was renewed meanwhile closes nothing: the call is made again under the new one", async () => {
  const s = await opened();
  await visit(s, "một");
  house.revoked.add("t");
  house.meanwhile = async () => void (s.seat.token === "t" && (await s.changeSeat({ token: "t-2" })));
  assert.equal(await exchange(s), "ok");
  assert.deepEqual(house.asked, ["gui/ t", "gui/ t-2", "so/ t-2"]);
  await s.load();
  assert.deepEqual([s.seat.closed, s.seat.token, s.unsent], [null, "t-2", 0]);
  house.revoked.add("t-2");
  assert.equal(await exchange(s), "closed");
  assert.equal(s.seat.closed?.code, "TokenUnknown", "said to the token of today it closes the book");
  await s.shut();
});

test("an answer is proven under the token that asked, though another was given meanwhile", async () => {
  const s = await opened();
  await visit(s, "một");
  house.meanwhile = async (path) => void (path === "gui/" && s.seat.token === "t" && (await s.changeSeat({ token: "t-2" })));
  assert.equal(await exchange(s), "ok");
  assert.deepEqual([s.items[0]!.state, s.troubles], ["written", 0]);
  assert.deepEqual(house.asked, ["gui/ t", "so/ t-2"]);
  await s.shut();
});

/** The same book in another window. */
const besides = (s: Session): Promise<Session> =>
  Session.open(s.phone, s.person, (s.book as unknown as { key: CryptoKey }).key, () => undefined);

test("a stroke that there was no room for outlives a look into the book", async () => {
  const s = await opened();
  await s.putDraft("visit:h", { ...emptyVisit("h"), note: "m" });
  const { putDraft } = s.book;
  s.book.putDraft = () => Promise.reject(new DOMException("", "QuotaExceededError"));
  await assert.rejects(s.putDraft("visit:h", { ...emptyVisit("h"), note: "mới" }));
  await s.load();
  assert.equal(noteOf(s.drafts.get("visit:h")), "mới");
  s.book.putDraft = putDraft;
  await s.throwAway("visit:h");
  await s.load();
  assert.equal(s.drafts.size, 0, "and is not brought back once it was let go");
  await s.shut();
});

test("a token that another window has just renewed is neither closed nor put back by this one", async () => {
  const s = await opened();
  const other = await besides(s);
  await visit(s, "một");
  await other.changeSeat({ token: "t-2" });
  house.revoked.add("t");
  assert.equal(await exchange(s), "ok");
  await other.load();
  assert.deepEqual([other.seat.token, other.seat.closed, s.seat.token], ["t-2", null, "t-2"]);
  await other.changeSeat({ token: "t-3" });
  await s.heard(at());
  await other.load();
  assert.equal(other.seat.token, "t-3");
  await Promise.all([s.shut(), other.shut()]);
});

test("a stroke that is typed while the book is read again, because another window wrote, is not lost", async () => {
  const s = await opened();
  const other = await besides(s);
  await s.putDraft("visit:h", { ...emptyVisit("h"), note: "m" });
  await visit(other, "ở cửa sổ kia");
  const read = s.book.drafts.bind(s.book);
  let strokes = 0;
  s.book.drafts = async () => {
    const found = await read();
    if (strokes++ === 0) void s.putDraft("visit:h", { ...emptyVisit("h"), note: "mới" });
    return found;
  };
  void s.putDraft("visit:h", { ...emptyVisit("h"), note: "mớ" });
  await s.load();
  const noted = (drafts: ReadonlyMap<string, unknown>) => noteOf(drafts.get("visit:h"));
  assert.deepEqual([noted(s.drafts), noteOf(s.items[0]!.body)], ["mới", "ở cửa sổ kia"]);
  await s.shut();
  await other.load();
  assert.equal(noted(other.drafts), "mới", "and it is written down");
  await other.shut();
});

test("when the power is cut while a book is being closed no household stays behind in it", async () => {
  const s = await opened();
  await exchange(s);
  house.code = "MemberLeft";
  const { putSeat } = s.book;
  s.book.putSeat = () => Promise.reject(new Error("power cut"));
  await assert.rejects(exchange(s), /power cut/);
  s.book.putSeat = putSeat;
  await s.load();
  assert.deepEqual([s.window.households.length, s.seat.closed], [0, null]);
  assert.equal(await exchange(s), "closed", "and it is closed when it is opened again");
  await s.shut();
});

test("the house's own words are heard with 409 and 422; a 500 without them is a house in trouble", async () => {
  const speak = (status: number, body: unknown) => void (globalThis.fetch = (async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status })) as typeof fetch);
  for (const status of [409, 410, 422]) {
    speak(status, { v: 1, code: "CodeUsed", says: "Mã ghi danh này đã dùng rồi." });
    assert.deepEqual(await call("ghi-danh/", { json: {} }), { kind: "fault", status, code: "CodeUsed", says: "Mã ghi danh này đã dùng rồi." });
  }
  speak(500, "<h1>Server Error</h1>");
  assert.deepEqual(await call("ghi-danh/", { json: {} }), { kind: "busy" });
});
