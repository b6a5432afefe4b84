import { correction, generate } from "lean-qr";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HouseholdBody, VisitBody } from "../src/contract";
import { addDays, dayOf, daysBetween, deviceTime, notedDay, shownDay } from "../src/domain/day";
import { fold, matches } from "../src/domain/fold";
import { framesOf, isWhole, joined, take } from "../src/domain/frames";
import { changed, editedFrom, householdOf, laidOver, nextEdit, NOBODY, requestsLeft, standing, type Household } from "../src/domain/household";
import { answered, fresh, isOld, offeredAgain, photosLeft, type Kept } from "../src/domain/outbox";
import { isEasyPin, waitAfter, waitLeft } from "../src/domain/pin";
import { tasks } from "../src/domain/plan";
import { uuid7 } from "../src/domain/uuid";
import { emptyVisit, faultsOf, visitBody } from "../src/domain/visit";
import { deviceName, nameless, weekday, why } from "../src/words";

const TODAY = "2026-11-22";
const house = (uid: string, more: Partial<Household> = {}): Household => ({ ...NOBODY, uid, village: "v", head: uid, version: 1, ...more });
let seq = 0;
const visit = (household: string, more: Partial<VisitBody> = {}, kept: Partial<Kept> = {}): Kept => ({
  ...fresh(uuid7(), "visit", "2026-11-22T08:00:00.000+07:00", {
    household, on: TODAY, topics: ["vneid"], result: "able", next_on: null, next: "", note: "", proof: { kind: "none" }, photos: [],
    corrects: null, campaign: null, form: null, ...more,
  }, 0),
  seq: ++seq, ...kept,
});
const edit = (entity: string, body: Partial<HouseholdBody>, kept: Partial<Kept> = {}): Kept => ({
  ...fresh(uuid7(), "household", "2026-11-22T08:00:00.000+07:00", { entity, trunk: 1, base: 1, branch: "b", fields: {}, ...body }, 0),
  seq: ++seq, ...kept,
});

test("a day is a day in Vietnam, whatever the hour elsewhere", () => {
  assert.equal(dayOf(Date.parse("2026-11-21T17:00:00Z")), "2026-11-22");
  assert.equal(weekday(TODAY), "Chủ nhật");
  assert.equal(daysBetween("2026-02-27", "2026-03-01"), 2);
  assert.equal(addDays("2024-02-28", 1), "2024-02-29");
  assert.equal(deviceTime(0), "1970-01-01T07:00:00.000+07:00");
});

test("a clock wrong by years is harmless: the day that is meant comes back whole, and none is moved when clocks are near", () => {
  const true_ = Date.parse("2026-11-22T02:00:00Z");
  const device = Date.parse("2009-01-01T00:00:00Z");
  const made = deviceTime(device);
  const noted = notedDay(TODAY, made, true_ - device);
  assert.equal(noted, "2009-01-01");
  assert.equal(shownDay(noted, made, true_ - device), TODAY);
  assert.equal(notedDay("2026-11-20", made, true_ - device), "2008-12-30");
  assert.equal(notedDay(TODAY, "2026-11-23T00:20:00.000+07:00", -30 * 60_000), TODAY);
});

test("names are found without marks, however they were composed", () => {
  assert.equal(fold("Đặng  Thị Ổn"), "dang thi on");
  assert.ok(matches("Vàng Thị Dín", "vang din"));
  assert.ok(matches("Vàng Thị Dín".normalize("NFD"), "Vàng"));
  assert.ok(!matches("Vàng Thị Dín", "ang"));
});

test("rows of the window are read by the names of their columns; unknown columns are passed over", () => {
  const h = householdOf(["head", "uid", "needs", "new", "members"], ["Lù Seo Páo", "u", ["dvc"], 1, null]);
  assert.deepEqual([h.uid, h.head, h.needs, h.members, h.consent], ["u", "Lù Seo Páo", ["dvc"], 0, "unasked"]);
});

test("whom to visit: asked, promised, campaign, never, longest ago, each with its reason", () => {
  const requests = [{ uid: "r", state: "open", village: "v", name: "Bà Lý Thị DÍN", text: "khai sinh" }];
  const campaigns = [{ uid: "c", title: "Tháng VNeID", topics: ["vneid"], from: "2026-11-01", to: "2026-11-30", target: null, scripts: [], form: null }];
  const all = [
    house("lâu", { last_on: "2026-08-01" }), house("lâu hơn", { last_on: "2026-07-01" }), house("chưa"), house("Lý Thị Dín"),
    house("hẹn", { last_on: "2026-11-20", next_on: TODAY, next: "cài VNeID" }), house("chiến dịch", { needs: ["vneid"], last_on: "2026-10-01" }),
    house("mới đến", { last_on: "2026-11-15" }), house("hôm nay", { last_on: TODAY }), house("đã giúp", { needs: ["vneid"], done: ["vneid"], last_on: "2026-09-01" }),
    house("hẹn sau", { last_on: "2026-10-01", next_on: "2026-12-01" }),
  ];
  const found = tasks(all, requests, campaigns, TODAY);
  assert.deepEqual(found.map((t) => t.household.uid), ["Lý Thị Dín", "hẹn", "chiến dịch", "chưa", "lâu hơn", "lâu", "đã giúp"]);
  const said = found.map((t) => why(t.why, (c) => (c === "vneid" ? "VNeID" : c), TODAY));
  assert.equal(said[0], "Nhờ giúp: khai sinh");
  assert.equal(said[1], "Hẹn hôm nay: cài VNeID");
  assert.equal(said[2], "Tháng VNeID: cần VNeID");
  assert.equal(said[4], "Lần gần nhất 01/07, đã 144 ngày");
});

test("what was written here lies over what was pulled: the last visit, what was guided, the promise", () => {
  const pulled = new Map([["a", house("a", { last_on: "2026-10-01", done: ["dvc"] })]]);
  const h = laidOver(pulled, [visit("a", { next_on: "2026-11-29", next: "nộp tờ khai" })]).get("a")!;
  assert.deepEqual([h.last_on, h.done, h.next_on], [TODAY, ["dvc", "vneid"], "2026-11-29"]);
  assert.equal(laidOver(pulled, [visit("a", {}, { state: "refused" })]).get("a")!.last_on, "2026-10-01");
});

test("guided is what a household can do now, alone or with help, as the house counts it; whatever the day", () => {
  const pulled = new Map([["a", house("a", { last_on: "2026-10-01", done: ["dvc"] })]]);
  const done = (...visits: Kept[]) => laidOver(pulled, visits).get("a")!.done;
  assert.deepEqual(done(visit("a", { result: "not_yet" })), ["dvc"]);
  assert.deepEqual(done(visit("a", { result: "more" })), ["dvc", "vneid"]);
  const late = laidOver(new Map([["a", house("a", { last_on: TODAY, last_result: "more" })]]), [visit("a", { on: "2026-11-20" })]).get("a")!;
  assert.deepEqual([late.done, late.last_on, late.last_result], [["vneid"], TODAY, "more"]);
});

test("a request that was helped or cannot be helped leaves the list; one that needs more stays, and one handed back is there again", () => {
  const asked = [{ uid: "r", state: "open" }];
  const answer = (result: string, kept: Partial<Kept> = {}): Kept => ({
    ...fresh(uuid7(), "answer", "2026-11-22T08:00:00.000+07:00", { request: "r", result, note: "", on: TODAY } as never, 0), seq: ++seq, ...kept,
  });
  const left = (...items: Kept[]) => requestsLeft(asked, items, 5).length;
  assert.deepEqual([left(), left(answer("done")), left(answer("cannot")), left(answer("more"))], [1, 0, 0, 1]);
  assert.equal(left(answer("cannot", { state: "refused" })), 1);
  assert.equal(left(answer("cannot", { state: "written", sentAt: 6 })), 0, "the list was pulled before");
  assert.equal(left(answer("cannot", { state: "written", sentAt: 5 })), 1, "the list knows of it, and shows it again");
});

test("without consent no name is sent, and the household is called by the end of its number", () => {
  const uid = "0192f000-0000-7000-8000-00000000ab3f";
  assert.equal(nameless(uid), "Hộ không ghi tên AB3F");
  const before = house(uid, { head: "Vàng Thị Dín", consent: "yes", members: 4 });
  const no = changed(before, { ...before, head: "Vàng Thị Dín Lan", consent: "no" });
  assert.deepEqual(no, { consent: "no" });
  const pulled = new Map([[uid, before]]);
  const shown = laidOver(pulled, [edit(uid, { fields: no })]).get(uid)!;
  assert.deepEqual([shown.head, shown.consent], ["Hộ không ghi tên AB3F", "no"]);
  assert.deepEqual(changed(shown, { ...shown, members: 5 }), { members: 5 });
  assert.deepEqual(changed(shown, { ...shown, head: "Vàng Thị Dín", consent: "yes" }), { head: "Vàng Thị Dín", consent: "yes" });
  assert.equal(laidOver(pulled, [edit(uid, { fields: no }), edit(uid, { base: 2, fields: { head: "Vàng Thị Dín", consent: "yes" } })]).get(uid)!.head, "Vàng Thị Dín");
  const fields = changed({ ...NOBODY, consent: "" as never }, { ...NOBODY, uid, village: "v", head: "đã gõ rồi", consent: "no" });
  assert.deepEqual(fields, { village: "v", consent: "no" });
  assert.equal(laidOver(new Map(), [edit(uid, { trunk: 0, base: 0, fields })]).get(uid)!.head, "Hộ không ghi tên AB3F");
});

test("a phone is named by its kind, never by what its browser says of itself", () => {
  const named = (agent: string) => deviceName(`Mozilla/5.0 (${agent}`);
  assert.equal(named("X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"), "Máy tính, Chrome");
  assert.equal(named("Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"), "Điện thoại Android, Chrome");
  assert.equal(named("iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/17.0 Mobile/15E Safari/604"), "iPhone, Safari");
  assert.equal(deviceName("x"), "Máy tính");
});

test("a corrected visit stands in place of the old one; a refused correction does not", () => {
  const old = visit("a");
  assert.deepEqual(standing([old, visit("a", { corrects: old.uid })]).length, 1);
  assert.deepEqual(standing([old, visit("a", { corrects: old.uid }, { state: "refused" })]), [old]);
});

test("edits of an offline run follow each other: trunk, base and branch", () => {
  const first = nextEdit("a", 5, [], () => "b1");
  assert.deepEqual(first, { trunk: 5, base: 5, branch: "b1" });
  const one = edit("a", first);
  const second = nextEdit("a", 5, [one], () => "b2");
  assert.deepEqual(second, { trunk: 5, base: 6, branch: "b1" });
  const two = edit("a", second);
  assert.deepEqual(nextEdit("a", 5, [one, two], () => "b2"), { trunk: 5, base: 7, branch: "b1" });
  const written = [{ ...one, state: "written" as const, version: 6 }, { ...two, state: "written" as const, version: 7 }];
  assert.deepEqual(nextEdit("a", 5, written, () => "b2").base, 7, "still the run: the window has not come back yet");
  assert.deepEqual(nextEdit("a", 7, written, () => "b2"), { trunk: 7, base: 7, branch: "b2" });
  assert.deepEqual(nextEdit("a", 6, [{ ...one, state: "conflict" }], () => "b3"), { trunk: 6, base: 6, branch: "b3" });
});

test("a new household begins at nothing, and its first edit waits for it", () => {
  const begun = nextEdit("n", null, [], () => "b");
  assert.deepEqual(begun, { trunk: 0, base: 0, branch: "b" });
  assert.deepEqual(nextEdit("n", null, [edit("n", begun)], () => "c"), { trunk: 0, base: 1, branch: "b" });
  const laid = laidOver(new Map(), [edit("n", { ...begun, fields: { head: "Lý Thị Sú", village: "v" } })]);
  assert.equal(laid.get("n")?.head, "Lý Thị Sú");
});

test("an edit is laid over until the window has its version; one in dispute is not shown as done", () => {
  const pulled = new Map([["a", house("a", { version: 6, head: "Mới" })]]);
  const e = edit("a", { fields: { head: "Của tôi" } });
  assert.equal(laidOver(pulled, [e]).get("a")!.head, "Của tôi");
  assert.equal(laidOver(pulled, [{ ...e, state: "written", version: 6 }]).get("a")!.head, "Mới");
  assert.equal(laidOver(pulled, [{ ...e, state: "conflict" }]).get("a")!.head, "Mới");
  assert.equal(laidOver(pulled, [edit("a", { gone: true })]).has("a"), false);
});

test("only what differs is sent of a household", () => {
  assert.deepEqual(changed(house("a", { needs: ["dvc"] }), house("a", { needs: ["dvc"], members: 4 })), { members: 4 });
  assert.deepEqual(changed(house("a", { members: 4 }), house("a")), { members: null });
});

test("an edit left half done sends only what was changed here, whatever a colleague wrote meanwhile", () => {
  const strokes = { members: 4 };
  const now = house("a", { needs: ["dvc"], version: 2 });
  assert.deepEqual(changed(now, editedFrom(now, strokes)), { members: 4 });
  const unnamed = house("a", { head: nameless("a"), consent: "no" });
  assert.deepEqual([editedFrom(unnamed, {}).head, editedFrom(unnamed, { head: "Lý Thị Sú" }).head], ["", "Lý Thị Sú"]);
});

test("a visit says what it lacks; what is sent is trimmed and the household's code is in capitals", () => {
  assert.deepEqual(faultsOf(emptyVisit("a")), ["topics", "result"]);
  const draft = { ...emptyVisit("a"), topics: ["dvc"], result: "able" as const, proof: { kind: "code" as const, code: " ab12 " } };
  assert.deepEqual(faultsOf(draft), []);
  assert.deepEqual(visitBody(draft, TODAY, (d) => d).proof, { kind: "code", code: "AB12" });
  assert.deepEqual(faultsOf(draft, true), ["note"], "whoever cannot help says why");
});

test("a signature is one when its picture goes along", () => {
  const draft = { ...emptyVisit("a"), topics: ["dvc"], result: "able" as const };
  const picture = { uid: "p", sha256: "", size: 1, type: "image/png" };
  assert.deepEqual(faultsOf({ ...draft, proof: { kind: "signature" } }), ["sign"]);
  assert.deepEqual(faultsOf({ ...draft, proof: { kind: "signature", photo: "p" } }), ["sign"]);
  assert.deepEqual(faultsOf({ ...draft, proof: { kind: "signature", photo: "p" }, photos: [picture] }), []);
});

test("an answer moves a record; a receipt once given stays", () => {
  const item = visit("a");
  const written = answered(item, { uid: item.uid, state: "written", receipt: "R-1" }, 5);
  const later = answered(written, { uid: item.uid, state: "conflict", says: "Chị Mẩy cũng ghi" }, 9);
  assert.deepEqual([later.state, later.receipt, later.sentAt, later.says], ["conflict", "R-1", 5, "Chị Mẩy cũng ghi"]);
});

test("a house put back from a backup is offered again what was sent; what it refused is not", () => {
  assert.equal(offeredAgain(visit("a", {}, { state: "written" })).state, "unsent");
  assert.equal(offeredAgain(visit("a", {}, { state: "refused" })).state, "refused");
  assert.equal(offeredAgain(visit("a", {}, { state: "written", letGo: true })).state, "written");
});

test("unsent records and those with photos left are never too old to keep", () => {
  const photo = { uid: "p", sha256: "", size: 1, type: "image/jpeg" };
  const now = Date.parse("2027-06-01T00:00:00Z");
  const sent = { state: "written" as const, sentAt: Date.parse("2026-11-22T00:00:00Z") };
  assert.ok(isOld(visit("a", {}, sent), now));
  assert.ok(!isOld(visit("a"), now));
  assert.ok(!isOld(visit("a", { photos: [photo] }, sent), now));
  assert.equal(photosLeft(visit("a", { photos: [photo] })).length, 0, "photos go after the text");
});

test("wrong PINs slow down, and no clock makes it longer", () => {
  assert.deepEqual([0, 2, 3, 4, 5, 20].map(waitAfter), [0, 0, 1, 2, 4, 300]);
  assert.equal(waitLeft(5, 10_000, 11_000), 3);
  assert.equal(waitLeft(5, 10_000, 0), 4);
  assert.ok(isEasyPin("111111") && isEasyPin("123456") && isEasyPin("987654") && !isEasyPin("274918"));
});

test("a parcel crosses as frames in any order, and something else before the camera changes nothing", () => {
  const uid = uuid7();
  const text = JSON.stringify({ data: "x/".repeat(500) });
  const frames = framesOf(uid, text);
  assert.ok(frames.length > 3 && frames.every((f) => f.length < 360));
  let have = take(null, "https://example.org");
  for (const frame of [...frames].reverse()) have = take(take(have, "WIFI:S:x"), frame);
  assert.ok(isWhole(have));
  assert.equal(joined(have), text);
  assert.equal(take(have, `LS1/${uuid7()}/1/2/x`)?.parts.size, 1, "another parcel begins anew");
});

test("a frame is a code that cheap cameras still read: 65 modules a side at most", () => {
  const [frame] = framesOf(uuid7(), JSON.stringify({ data: "aZ09-_".repeat(200) }));
  assert.ok(generate(frame!, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L }).size <= 65);
});

test("ids are of version 7, sorted by time and unlike each other", () => {
  const [a, b] = [uuid7(1_000), uuid7(2_000)];
  assert.match(a, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(a < b);
  assert.equal(new Set(Array.from({ length: 500 }, () => uuid7(5))).size, 500);
});
