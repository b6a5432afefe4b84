import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { deleteDB, openDB } from "idb";
import { fresh } from "../src/domain/outbox";
import { uuid7 } from "../src/domain/uuid";
import { Book, isFull, NOTHING_PULLED } from "../src/store/book";
import { Phone } from "../src/store/phone";
import { BOOK_STEPS, openBook, openPhone, PHONE_STEPS } from "../src/store/schema";
import { newLock, seal, sealBytes, tryPin } from "../src/store/seal";

const visit = (uid: string, note: string) => fresh(uid, "visit", "2026-11-22T08:00:00.000+07:00", { household: "h", note } as never, 0);

/** Every byte and letter of a database, as anyone who takes the phone apart would read it. */
async function raw(name: string): Promise<string> {
  const db = await openDB(name);
  let text = "";
  for (const store of db.objectStoreNames) {
    text += (await db.getAllKeys(store)).join(" ");
    for (const row of await db.getAll(store)) text += show(row);
  }
  db.close();
  return text;
}
function show(x: unknown): string {
  if (x instanceof ArrayBuffer || ArrayBuffer.isView(x)) return Buffer.from(x instanceof ArrayBuffer ? x : x.buffer).toString("latin1");
  if (typeof x === "object" && x !== null) return Object.entries(x).map(([k, v]) => `${k}:${show(v)}`).join(" ");
  return String(x);
}

test("a PIN opens its own lock and no other", async () => {
  const { lock } = await newLock("274918");
  assert.ok(await tryPin("274918", lock));
  assert.equal(await tryPin("274919", lock), null);
});

test("a PIN is changed without touching the book; the old one opens it no more", async () => {
  const phone = await Phone.open();
  const { person, key } = await phone.addPerson("đổi", "A", "anh", "274918");
  const book = await Book.open(person.book, key);
  await book.putDraft("d", { note: "x" });
  book.close();
  assert.equal(await phone.changePin("đổi", "111111", "905132"), false);
  assert.equal(await phone.changePin("đổi", "274918", "905132"), true);
  assert.ok("wait" in (await phone.unlock("đổi", "274918", 0)));
  const got = await phone.unlock("đổi", "905132", 0);
  assert.ok("key" in got);
  const again = await Book.open(person.book, got.key);
  assert.deepEqual(await again.drafts(), new Map([["d", { note: "x" }]]));
  again.close();
});

test("nothing personal lies open in a book, and another's key reads none of it", async () => {
  const one = await newLock("274918");
  const other = await newLock("905132");
  const book = await Book.open("so-1", one.key);
  await book.putSeat({ token: "bí-mật", member: { name: "Lù Văn Sính" } } as never);
  await book.putWindow({ ...NOTHING_PULLED, households: [{ head: "Vàng Thị Dín" }] as never });
  await book.add([visit(uuid7(), "ghi chú riêng")], null);
  await book.putDraft("visit:h", { note: "bản nháp riêng" });
  await book.putPhoto("p", new TextEncoder().encode("ảnh riêng").buffer as ArrayBuffer, 1);
  const text = await raw("so-1");
  for (const secret of ["bí-mật", "Lù Văn Sính", "Vàng", "Dín", "ghi chú", "bản nháp", "ảnh riêng", "visit:"].flatMap((s) => [s, Buffer.from(s).toString("latin1")]))
    if (secret !== "visit:") assert.ok(!text.includes(secret), secret);
  book.close();
  const strange = await Book.open("so-1", other.key);
  await assert.rejects(strange.items());
  await assert.rejects(strange.window());
  strange.close();
});

test("records are numbered in order, also when two tabs write at once", async () => {
  const { key } = await newLock("274918");
  const [a, b] = await Promise.all([Book.open("so-2", key), Book.open("so-2", key)]);
  await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? a : b).add([visit(uuid7(), String(i))], null)));
  const items = await a.items();
  assert.deepEqual(items.map((i) => i.seq), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("saving a record takes its draft with it, in one", async () => {
  const { key } = await newLock("274918");
  const book = await Book.open("so-3", key);
  await book.putDraft("visit:h", { note: "x" });
  await book.add([visit(uuid7(), "x")], "visit:h");
  assert.equal((await book.drafts()).size, 0);
});

test("when the device is full the oldest photos that were sent go first, and nothing unsent ever", async () => {
  const { key } = await newLock("274918");
  const book = await Book.open("so-4", key);
  const bytes = new ArrayBuffer(8);
  await book.putPhoto("cũ", bytes, 1);
  await book.putPhoto("mới", bytes, 2);
  await book.putPhoto("chưa gửi", bytes, 0);
  await book.photoSent("cũ");
  await book.photoSent("mới");
  const { putDraft } = book;
  const db = (book as unknown as { db: { transaction: (...x: unknown[]) => unknown } }).db;
  let full = 1;
  const fake = new Proxy(db, {
    get: (target, name) => (name === "transaction" ? (...x: [string[], string]) => {
      if (x[0].includes("drafts") && full-- > 0) throw new DOMException("full", "QuotaExceededError");
      return target.transaction(...x);
    } : typeof (target as never)[name] === "function" ? ((target as never)[name] as () => unknown).bind(target) : (target as never)[name]),
  });
  (book as unknown as { db: unknown }).db = fake;
  await putDraft.call(book, "d", {});
  assert.deepEqual([await book.photo("cũ"), (await book.photo("mới")) !== null, (await book.photo("chưa gửi")) !== null], [null, true, true]);
  full = 9;
  await assert.rejects(putDraft.call(book, "d", {}), { name: "QuotaExceededError" });
  assert.ok(await book.photo("chưa gửi"));
});

test("only a device without room is called full; a write undone for another reason is not", () => {
  assert.ok(isFull(new DOMException("", "QuotaExceededError")));
  for (const other of [new DOMException("", "AbortError"), new DOMException("", "InvalidStateError"), new Error("QuotaExceededError")]) assert.ok(!isFull(other));
});

test("why a write was undone is told, not only that it was", async () => {
  const { key } = await newLock("274918");
  const book = await Book.open("so-5", key);
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...x: [unknown, IDBValidKey?]) {
    const request = real.apply(this, x);
    (this.transaction as unknown as { _abort: (name: string) => void })._abort("QuotaExceededError");
    return request;
  };
  await assert.rejects(book.putDraft("d", {}), { name: "QuotaExceededError" }).finally(() => void (IDBObjectStore.prototype.put = real));
});

test("what a person made is on the disk before it is shown as kept", async () => {
  const { key } = await newLock("274918");
  const book = await Book.open("so-6", key);
  const real = IDBDatabase.prototype.transaction;
  const asked: [string, unknown][] = [];
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores: string | string[], mode?: IDBTransactionMode, options?: IDBTransactionOptions) {
    if (mode === "readwrite") asked.push([[stores].flat()[0]!, options?.durability]);
    return real.call(this, stores, mode, options);
  } as typeof real;
  try {
    const [item] = await book.add([visit(uuid7(), "x")], null);
    await book.put([item!]);
    await book.putDraft("d", {});
    await book.putPhoto("p", new ArrayBuffer(1), 1);
  } finally {
    IDBDatabase.prototype.transaction = real;
  }
  assert.deepEqual(asked, ["outbox", "outbox", "drafts", "photos"].map((store) => [store, "strict"]));
});

test("wrong PINs slow down and destroy nothing", async () => {
  const phone = await Phone.open();
  await phone.addPerson("u", "Lù Văn Sính", "anh", "274918");
  for (let i = 0; i < 2; i++) assert.deepEqual(await phone.unlock("u", "000000", 1_000), { wait: 0 });
  assert.deepEqual(await phone.unlock("u", "000000", 1_000), { wait: 1 });
  assert.deepEqual(await phone.unlock("u", "274918", 1_500), { wait: 1 }, "not even the right one before the wait is over");
  assert.ok("key" in (await phone.unlock("u", "274918", 2_100)));
  assert.ok("key" in (await phone.unlock("u", "274918", 2_100)), "and the count begins anew");
});

// Fixtures of every earlier version, each taken to the newest.
const BOOKS: Record<number, (name: string, key: CryptoKey) => Promise<void>> = {
  1: async (name, key) => {
    const db = await openDB(name, 1, { upgrade: (d, _o, _n, tx) => void BOOK_STEPS[0]!(d as never, tx as never) });
    await db.put("kept", await seal(key, { token: "t", member: { name: "A" } }, "seat"), "seat");
    await db.put("kept", await sealBytes(key, new Uint8Array([1, 2, 3]), "p1"), "photo:p1");
    for (const [uid, seq, state] of [["a", 1, "written"], ["b", 2, "unsent"]] as const)
      await db.put("outbox", { uid, seq, state, box: await seal(key, { kind: "visit", made_at: "2026-01-01T00:00:00.000+07:00", body: { note: uid }, state, receipt: "" }, uid) });
    await db.put("drafts", await seal(key, { note: "nháp" }, "visit:h"), "visit:h");
    db.close();
  },
};

test("every earlier version of a book opens in the newest with all that was in it", async () => {
  assert.deepEqual(Object.keys(BOOKS).map(Number), Array.from({ length: BOOK_STEPS.length - 1 }, (_, i) => i + 1));
  for (const [version, make] of Object.entries(BOOKS)) {
    const { key } = await newLock("274918");
    const name = `cũ-${version}`;
    await make(name, key);
    const book = await Book.open(name, key);
    const items = await book.items();
    assert.deepEqual(items.map((i) => [i.uid, i.seq, i.state, i.tries, i.letGo]), [["a", 1, "written", 0, false], ["b", 2, "unsent", 0, false]]);
    assert.deepEqual(await book.drafts(), new Map([["visit:h", { note: "nháp" }]]));
    assert.deepEqual(new Uint8Array((await book.photo("p1"))!), new Uint8Array([1, 2, 3]));
    assert.equal((await book.seat())?.token, "t");
    book.close();
    const db = await openBook(name);
    assert.equal(db.version, BOOK_STEPS.length);
    assert.deepEqual((await db.getAllKeys("kept")).sort(), ["seat"]);
    db.close();
  }
});

test("the phone's own tables of every earlier version too", async () => {
  await deleteDB("di-ho", { blocked: () => undefined }).catch(() => undefined);
  assert.equal(PHONE_STEPS.length, 2);
  const name = "di-ho-cũ";
  const old = await openDB(name, 1, { upgrade: (d, _o, _n, tx) => void PHONE_STEPS[0]!(d as never, tx as never) });
  await old.put("people", { uid: "u", name: "A", wrong: 1 });
  old.close();
  const db = await openDB(name, 2, { upgrade: (d, _o, _n, tx) => PHONE_STEPS[1]!(d as never, tx as never) as Promise<void> });
  assert.deepEqual(await db.get("people", "u"), { uid: "u", name: "A", wrong: 1, aside: [], oldest: null });
  assert.ok(db.objectStoreNames.contains("parcels"));
  db.close();
  void openPhone;
});
