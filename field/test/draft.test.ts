// What a press of „Lưu“ does, whatever else is going on.
import "./quiet";
import assert from "node:assert/strict";
import { test } from "node:test";
import { app } from "../src/app";
import { onItsWay, safely } from "../src/screens/draft";

test("what is saved by two presses in a row is written once", async () => {
  let written = 0;
  const write = async () => void (await new Promise((done) => setTimeout(done, 5)), (written += 1));
  assert.deepEqual(await Promise.all([safely(write), safely(write)]), [true, false]);
  assert.equal(written, 1);
  assert.ok(await safely(write), "and the next press is another one");
});

test("a record waits for the photo that is being made small; when that comes to nothing it is not written without it", async () => {
  const order: string[] = [];
  const photo = (ok: boolean) => onItsWay(new Promise((done) => setTimeout(() => (order.push("photo"), done(ok)), 5)));
  const write = async () => void order.push("record");
  void photo(true);
  assert.ok(await safely(write));
  void photo(false);
  assert.equal(await safely(write), false);
  assert.deepEqual(order, ["photo", "record", "photo"]);
  assert.ok(await safely(write), "pressed again it goes without");
});

test("a device without room is said to be full, and a later press may find room", async () => {
  assert.equal(await safely(() => Promise.reject(new DOMException("", "QuotaExceededError"))), false);
  assert.ok(app.full);
  assert.ok(!app.unkept, "one reason is told, not two");
  assert.ok(await safely(async () => undefined));
  assert.ok(!app.full);
});

test("a record that could not be written for another reason is not silently left out: it is said, until a press succeeds", async () => {
  assert.equal(await safely(() => Promise.reject(new DOMException("", "InvalidStateError"))), false);
  assert.deepEqual([app.full, app.unkept], [false, true]);
  assert.ok(await safely(async () => undefined));
  assert.ok(!app.unkept);
});
