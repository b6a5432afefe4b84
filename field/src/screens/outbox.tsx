// Chưa gửi và biên nhận: one list of everything written on this phone, and where each stands.
import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import type { AnswerBody, GatheringBody, HouseholdBody, SubmissionBody, VisitBody } from "../contract";
import { longDay, moment, shownDay } from "../domain/day";
import { isDraft } from "../domain/leaving";
import { isUnsent, KEPT_HERE, needsEyes, photosLeft, photosOf, triedAnew, type Kept } from "../domain/outbox";
import type { CarriedParcel } from "../store/schema";
import { ANSWERS, dayInWords, RESULTS, words } from "../words";
import { safely } from "./draft";
import { Frame, Icon, Sure, type Shape } from "./parts";
import { Photo } from "./photo";
import { go, href } from "./route";

const PAGE = 30;
const w = words.outbox;

const look = (item: Kept): { word: string; shape: Shape; tone: string } => {
  if (item.letGo) return { word: w.where.letGo, shape: "back", tone: "soft" };
  if (item.state === "unsent") return { word: w.where.unsent, shape: "queued", tone: "s-q" };
  if (needsEyes(item)) return { word: w.where.look, shape: "look", tone: "s-l" };
  if (item.state === "held") return { word: w.where.held, shape: "wait", tone: "s-w" };
  return { word: w.where.sent, shape: "sent", tone: "s-s" };
};

/** What it is about, in a line. */
function about(item: Kept): string {
  const s = app.session!;
  const head = (uid: string | null) => (uid ? (s.households().get(uid)?.head ?? s.window.households.find((h) => h.uid === uid)?.head ?? "") : "");
  const join = (...parts: string[]) => parts.filter(Boolean).join(", ");
  switch (item.kind) {
    case "visit": { const b = item.body as VisitBody; return join(head(b.household), b.topics.map(s.topic).join(", ")); }
    case "gathering": { const b = item.body as GatheringBody; return join(words.kinds.gathering, s.village(b.village), b.topics.map(s.topic).join(", ")); }
    case "household": { const b = item.body as HouseholdBody; return join(words.kinds.household, head(b.entity) || (b.fields.head ?? "")); }
    case "answer": { const b = item.body as AnswerBody; return join(words.kinds.answer, ANSWERS[b.result]); }
    case "submission": { const b = item.body as SubmissionBody; return join(s.window.forms.find((f) => f.id === b.form)?.title ?? words.kinds.submission, head(b.household)); }
  }
}

export function RecordRow({ item }: { item: Kept }) {
  const { word, shape, tone } = look(item);
  const photos = photosLeft(item).length;
  return (
    <li>
      <a class="rc" href={href("luot", item.uid)}>
        <span class={tone}><Icon shape={shape} /></span>
        <span>
          <b class={tone}>{word}</b>
          <span class="sub">{about(item)}. <span class="nowrap">{moment(Date.parse(item.made_at) + item.skew)}</span></span>
          {item.says && <span class="sub">{item.says}</span>}
          {item.tries > 0 && !item.says && <span class="sub">{w.tries}</span>}
          {item.handed && isUnsent(item) && <span class="sub">{w.handed}</span>}
          {photos > 0 && <span class="sub">{w.photosLeft(photos)}</span>}
          {item.receipt && <code>{w.receipt(item.receipt)}</code>}
        </span>
      </a>
    </li>
  );
}

const rank = (item: Kept): number => (needsEyes(item) ? 0 : isUnsent(item) ? 1 : item.state === "held" ? 2 : 3);

export function Outbox() {
  const s = app.session!;
  const [most, setMost] = useState(PAGE);
  const [carried, setCarried] = useState<CarriedParcel[]>([]);
  useEffect(() => void app.phone!.parcels().then(setCarried), [app.sending]);
  const rows = [...s.items].sort((a, b) => rank(a) - rank(b) || b.seq - a.seq);
  const n = s.unsent;
  return (
    <Frame title={w.title} tab="outbox">
      <div class="count">
        <span class="big">{n}</span>
        <p><b>{n ? w.unsent : w.none}</b><br /><span class="soft">{n ? w.safe : w.noneHow}</span></p>
      </div>
      <button type="button" class="btn wide big" aria-disabled={app.sending} onClick={app.hurry}><Icon shape="queued" />{app.sending ? w.sending : w.send}</button>
      <p class="hint" role="status">{w.last(s.seat.spokeAt)}</p>
      <Drafts />
      {rows.length > 0 && <ul class="rows">{rows.slice(0, most).map((item) => <RecordRow key={item.uid} item={item} />)}</ul>}
      {rows.length > most && <button type="button" class="btn quiet wide" onClick={() => setMost(most + PAGE)}>{w.earlier}</button>}
      {carried.length > 0 && (
        <section class="stack">
          <h2>{w.carried}</h2>
          <ul class="rows">
            {carried.map((p) => (
              <li key={p.parcel}><p><b class={p.state === "waiting" ? "s-q" : p.state === "delivered" ? "s-s" : "s-l"}>{p.state === "waiting" ? w.carriedWait : p.state === "delivered" ? w.carriedDone : p.says}</b><br /><span class="hint">{moment(p.takenAt)}</span>
                {p.state !== "waiting" && <button type="button" class="link" onClick={() => void app.phone!.dropParcel(p.parcel).then(() => app.phone!.parcels()).then(setCarried)}>{w.drop}</button>}</p></li>
            ))}
          </ul>
        </section>
      )}
      {s.window.colleagues.length > 0 && (
        <section class="stack">
          <h2>{w.colleagues}</h2>
          <ul class="rows">
            {s.window.colleagues.map((c) => (
              <li key={c.name}><p><b>{c.name}</b>: <span class={c.unsent ? "s-q" : ""}>{w.colleague(c.unsent)}</span>{c.spoke_at ? w.spoke(moment(Date.parse(c.spoke_at))) : w.neverSpoke}.</p></li>
            ))}
          </ul>
        </section>
      )}
      <div class="stack">
        <a class="link" href={href("giao")}>{w.handover}</a><br />
        <a class="link" href={href("nhan")}>{w.take}</a>
      </div>
    </Frame>
  );
}

/** Where a draft is gone on with, by its name. */
const placeOf = (name: string): string => {
  const [kind, a = "", b = ""] = name.split(":");
  switch (kind) {
    case "visit": return href(app.session!.items.some((i) => i.uid === a) ? "sua-luot" : "ghi", a);
    case "gathering": return a === "new" ? href("buoi") : href("sua-buoi", a);
    case "household": return a === "new" ? href("them-ho") : href("sua-ho", a);
    case "answer": return href("giup", a);
    default: return b ? href("phieu", a, b) : href("phieu", a);
  }
};

/** What is being written, of every kind: gone on with, or let go. */
function Drafts() {
  const s = app.session!;
  const drafts = [...s.drafts].filter(([name, draft]) => isDraft(name, draft));
  if (!drafts.length) return null;
  const about = (name: string, draft: { household?: string; head?: string }): string => {
    const [kind = "", a = "", b = ""] = name.split(":");
    const label = kind === "form" ? (s.window.forms.find((f) => f.id === a)?.title ?? words.kinds.submission) : words.kinds[kind as Kept["kind"]];
    const head = draft.head || s.households().get(draft.household ?? (kind === "household" ? a : b))?.head;
    return head ? `${label}, ${head}` : label;
  };
  return (
    <section class="stack">
      <h2>{w.drafts}</h2>
      <ul class="rows">
        {drafts.map(([name, draft]) => (
          <li key={name}>
            <a class="house plain" href={placeOf(name)}><b>{about(name, draft as object)}</b><Icon shape="pencil" /></a>
            <Sure label={w.draftDrop} ask={w.draftDropSure} yes={w.draftDrop} onYes={() => void s.throwAway(name)} quiet />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Record({ uid }: { uid: string }) {
  const s = app.session!;
  const item = s.items.find((i) => i.uid === uid);
  useEffect(() => {
    if (item && needsEyes(item) && !item.seen) void s.changeItems([uid], (i) => ({ ...i, seen: true })).catch((fault) => app.noteFull(fault));
  }, [uid, item?.state]);
  if (!item) return <Outbox />;
  const r = words.record;
  const { word, shape, tone } = look(item);
  const b = item.body as Partial<VisitBody & GatheringBody & AnswerBody & HouseholdBody>;
  const pairs: [string, string][] = [];
  const add = (label: string, value: string | undefined | null) => void (value && pairs.push([label, value]));
  if (b.on) add(r.day, longDay(shownDay(b.on, item.made_at, item.skew)));
  add(r.topics, b.topics?.map(s.topic).join(", "));
  if (b.result) add(r.result, (RESULTS as Record<string, string>)[b.result] && item.kind === "visit" ? RESULTS[b.result as VisitBody["result"]] : ANSWERS[b.result as AnswerBody["result"]]);
  add(r.place, b.place);
  add(r.attended, b.attended?.toString());
  add(r.note, b.note);
  if (b.next_on) add(r.next, `${dayInWords(shownDay(b.next_on, item.made_at, item.skew), s.today())}${b.next ? `: ${b.next}` : ""}`);
  if (b.proof) add(r.proof, r.proofs[b.proof.kind]);
  if (b.fields) {
    add(words.edit.head, b.fields.head);
    add(words.edit.members, b.fields.members?.toString());
    add(words.house.needs, b.fields.needs?.map(s.topic).join(", "));
  }
  const canCorrect = (item.kind === "visit" || item.kind === "gathering") && !item.letGo && item.state !== "conflict" && !s.items.some((i) => (i.body as VisitBody).corrects === uid && !i.letGo && i.state !== "refused");
  const letGo = async () => {
    if (await safely(() => s.changeItems([uid], (i) => ({ ...i, letGo: true })))) go("gui");
  };
  return (
    <Frame title={words.kinds[item.kind]} back={href("gui")}>
      <p><b>{about(item)}</b></p>
      <div class="stack">
        <p class={`v ${tone}`}><Icon shape={shape} />{word}</p>
        {item.says && <p class="note soil">{item.says}</p>}
        {item.receipt && <p class="num">{w.receipt(item.receipt)}</p>}
      </div>
      {pairs.length > 0 && <dl class="pairs">{pairs.map(([label, value]) => [<dt key={label}>{label}</dt>, <dd key={`${label}-d`}>{value}</dd>])}</dl>}
      {photosOf(item).length > 0 && <ul class="thumbs">{photosOf(item).map((p, i) => <li key={p.uid}><Photo note={p} alt={words.visit.photoN(i + 1)} /></li>)}</ul>}
      <p class="hint">{r.made(moment(Date.parse(item.made_at) + item.skew))}</p>
      {canCorrect && <p><a class="btn wide" href={href(item.kind === "visit" ? "sua-luot" : "sua-buoi", uid)}>{item.state === "refused" ? r.rewrite : r.correct}</a></p>}
      {item.code === KEPT_HERE && needsEyes(item) && <p><button type="button" class="btn quiet wide" onClick={() => void safely(() => s.changeItems([uid], triedAnew))}>{r.again}</button></p>}
      {photosLeft(item).length > 0 && <Sure label={r.photosDrop} ask={r.photosDropSure(photosLeft(item).length)} yes={r.photosDropYes} onYes={() => void safely(() => s.changeItems([uid], (i) => ({ ...i, photosDone: photosOf(i).map((p) => p.uid) })))} quiet />}
      {item.state === "refused" && !item.letGo && <Sure label={r.letGo} ask={r.letGoSure} yes={r.letGoYes} onYes={() => void letGo()} />}
    </Frame>
  );
}
