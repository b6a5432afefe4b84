import assert from "node:assert/strict";
import { createDecipheriv, createECDH, createHash, createHmac, hkdfSync } from "node:crypto";
import { test } from "node:test";
import type { BatchAnswer } from "../src/contract";
import { fresh, type Kept } from "../src/domain/outbox";
import { uuid7 } from "../src/domain/uuid";
import { base64url, fromBase64url, isParcel, proofOf, sealParcel } from "../src/sync/crypto";
import { backoff, batchOf, isAnswerTo, isPull, MOST_ITEMS, nextBatch, proofText } from "../src/sync/plan";
import { pulledInto, NOTHING_PULLED } from "../src/store/book";

const item = (seq: number, more: Partial<Kept> = {}): Kept => ({
  ...fresh(uuid7(), "answer", "2026-11-22T08:00:00.000+07:00", { request: "r", result: "done", note: "", on: "2026-11-22" }, 0), seq, ...more,
});
const none = new Set<string>();

test("a batch goes in the order of writing, not more than the house takes", () => {
  const items = [item(3), item(1), item(2, { state: "written" }), ...Array.from({ length: 300 }, (_, i) => item(10 + i))];
  const batch = nextBatch(items, none);
  assert.equal(batch.length, MOST_ITEMS);
  assert.deepEqual(batch.slice(0, 2).map((i) => i.seq), [1, 3]);
  assert.equal(nextBatch([item(1, { letGo: true })], none).length, 0);
});

test("one that spoilt a batch goes last and alone, and never holds back the others", () => {
  const spoilt = item(1, { tries: 1 });
  const good = [item(2), item(3)];
  assert.deepEqual(nextBatch([spoilt, ...good], none), good);
  assert.deepEqual(nextBatch([spoilt, item(4, { tries: 2 })], none), [spoilt]);
  assert.deepEqual(nextBatch([spoilt, ...good], new Set(good.map((i) => i.uid))), [spoilt]);
});

test("large records make small batches, but one record always goes", () => {
  const body = { request: "r", result: "done" as const, note: "x".repeat(200_000), on: "2026-11-22" };
  assert.equal(nextBatch([item(1, { body }), item(2, { body })], none).length, 1);
});

const answer = (batch: string, uid: string, more: Partial<BatchAnswer> = {}): BatchAnswer => ({
  v: 1, batch, at: "2026-11-22T01:00:00+00:00", epoch: "e", proof: "", answers: [{ uid, state: "written", receipt: "R-1" }], ...more,
});

test("what is not an answer to this very batch is no answer", () => {
  const one = item(1);
  const sent = batchOf(uuid7(), [one], [one], "2026-11-22T08:00:00.000+07:00", "0.3.0");
  assert.deepEqual([sent.unsent, sent.oldest], [1, "2026-11-22"]);
  assert.ok(isAnswerTo(sent, answer(sent.batch, one.uid)));
  assert.ok(isAnswerTo(sent, answer(sent.batch, one.uid, { answers: [] })), "a partial answer is one");
  for (const wrong of [
    null, [], "ok", { v: 1, status: "ok" }, answer(uuid7(), one.uid), answer(sent.batch, uuid7()), answer(sent.batch, one.uid, { at: "soon" }),
    { ...answer(sent.batch, one.uid), v: 2 }, answer(sent.batch, one.uid, { answers: [{ uid: one.uid, state: "lost" as never }] }),
  ])
    assert.ok(!isAnswerTo(sent, wrong), JSON.stringify(wrong));
});

test("the proof is an HMAC under the digest of the token, over what was answered", async () => {
  const said = answer("b", "u");
  assert.equal(proofText(said), "b\nu written R-1\n");
  const key = createHash("sha256").update("token").digest();
  assert.equal(await proofOf("token", proofText(said)), createHmac("sha256", key).update("b\nu written R-1\n").digest("hex"));
});

test("a parcel opens with the house's key alone, and holds the batch exactly as it was proven", async () => {
  const house = createECDH("prime256v1");
  house.generateKeys();
  const one = item(1);
  const batch = batchOf(uuid7(), [one], [one], "2026-11-22T08:00:00.000+07:00", "0.3.0");
  const parcel = await sealParcel(batch, "token", uuid7(), base64url(house.getPublicKey() as unknown as Uint8Array));
  assert.ok(isParcel(JSON.parse(JSON.stringify(parcel))));
  const shared = house.computeSecret(fromBase64url(parcel.epk));
  const key = Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(0), "langso parcel 1", 32));
  const data = Buffer.from(fromBase64url(parcel.data));
  const open = createDecipheriv("aes-256-gcm", key, fromBase64url(parcel.iv));
  open.setAuthTag(data.subarray(-16));
  const plain = JSON.parse(Buffer.concat([open.update(data.subarray(0, -16)), open.final()]).toString());
  assert.deepEqual(JSON.parse(plain.batch), JSON.parse(JSON.stringify(batch)));
  assert.equal(plain.proof, await proofOf("token", plain.batch));
});

test("a pull that says nothing new changes nothing; a whole one replaces; a closed request leaves", () => {
  const at = "2026-11-22T01:00:00+00:00";
  const columns = ["uid", "head"];
  const whole = pulledInto(NOTHING_PULLED, {
    v: 1, at, epoch: "e", cursor: "1", whole: true, households: { columns, rows: [["a", "A"], ["b", "B"]] }, topics: [{ code: "dvc", label: "Nộp hồ sơ" }],
    requests: [{ uid: "r", state: "open" }, { uid: "q", state: "open" }],
  });
  const same = pulledInto(whole, { v: 1, at, epoch: "e", cursor: "2", whole: false, households: { columns: [], rows: [] }, gone: [], requests: [] });
  assert.deepEqual({ ...same, cursor: "1" }, whole);
  const next = pulledInto(same, { v: 1, at, epoch: "e", cursor: "3", whole: false, households: { columns, rows: [["b", "B2"]] }, gone: ["a"], requests: [{ uid: "r", state: "done" }] });
  assert.deepEqual([next.households.map((h) => h.head), next.requests.map((r) => r.uid), next.topics.length], [["B2"], ["q"], 1]);
  assert.deepEqual(pulledInto(next, { v: 1, at, epoch: "f", cursor: "4", whole: true }).households, []);
  assert.ok(!isPull({ v: 1, cursor: "1" }));
});

test("the waits grow and end at ten minutes, spread by chance", () => {
  assert.equal(backoff(1, 0.5), 15_000);
  assert.equal(backoff(99, 0.5), 600_000);
  assert.ok(backoff(3, 0) < backoff(3, 1));
});
