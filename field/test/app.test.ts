// Coming in: enrolling on a phone that has no room, and again when it has.
import "./quiet";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { app } from "../src/app";
import type { Enrolled } from "../src/contract";
import { uuid7 } from "../src/domain/uuid";
import { Phone } from "../src/store/phone";

const PIN = "274918";
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "" }, configurable: true });
globalThis.fetch = () => Promise.reject(new TypeError("no network"));
const enrolled = (uid: string): Enrolled => ({
  v: 1, token: "t", seat: uuid7(), member: { uid, name: "Lù Văn Sính", address: "anh", role: "member" }, team: { uid: "t", name: "Tổ" }, place: "", epoch: "e", key: "",
});

/** While the book's own table takes nothing. */
async function withoutRoom<T>(work: () => Promise<T>): Promise<T> {
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...x: [unknown, IDBValidKey?]) {
    if (this.name === "kept") throw new DOMException("", "QuotaExceededError");
    return real.apply(this, x);
  };
  return work().finally(() => void (IDBObjectStore.prototype.put = real));
}

test("a phone that had no room at enrolment holds no book that does not open; another code enrols on it", async () => {
  const uid = uuid7();
  app.phone = await Phone.open();
  await withoutRoom(() => assert.rejects(app.enrolNew(enrolled(uid), PIN), { name: "QuotaExceededError" }));
  assert.deepEqual([app.session, await app.phone.person(uid)], [null, undefined]);
  await app.enrolNew(enrolled(uid), PIN);
  assert.equal(app.session!.seat.member.uid, uid);
  await app.session!.shut();
});

test("a new book that found no room leaves the earlier one of the same person in its place", async () => {
  const uid = uuid7();
  await app.enrolNew(enrolled(uid), PIN);
  const { book } = (await app.phone!.person(uid))!;
  await withoutRoom(() => assert.rejects(app.enrolNew(enrolled(uid), "905132")));
  const now = (await app.phone!.person(uid))!;
  assert.deepEqual([now.book, now.aside, app.session], [book, [], null]);
  assert.equal(await app.unlock(now, PIN), null);
  await app.session!.shut();
});

test("a network that answers „null“ enrols nobody and breaks nothing", async () => {
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response("null");
  assert.deepEqual(await app.askWho("K7M2-P9QX").finally(() => void (globalThis.fetch = real)), { kind: "strange" });
});

test("a book that was left without its seat is opened again by a new code under the same PIN", async () => {
  const uid = uuid7();
  const { person } = await app.phone!.addPerson(uid, "Lù Văn Sính", "anh", PIN);
  await assert.rejects(app.unlock(person, PIN), /without its seat/);
  assert.ok(await app.enrolAgain(enrolled(uid), PIN));
  assert.equal(app.session!.seat.token, "t");
  await app.session!.shut();
});
