// A household that is not on today's list: found without marks, looked at, added, changed.
import { useState } from "preact/hooks";
import { app } from "../app";
import type { Consent, VisitBody } from "../contract";
import { matches } from "../domain/fold";
import { changed, editedFrom, NOBODY, nextEdit, type Household } from "../domain/household";
import { uuid7 } from "../domain/uuid";
import { isTouched, type VisitDraft } from "../domain/visit";
import { CONSENTS, dayInWords, nameless, RESULTS, words } from "../words";
import { safely, useDraft } from "./draft";
import { described, Field, Frame, Icon, Many, One, Sure, useFirstFault } from "./parts";
import { RecordRow } from "./outbox";
import { href, instead, onward } from "./route";

const MOST = 40;

export function Find() {
  const s = app.session!;
  const w = words.find;
  const [q, setQ] = useState("");
  const all = [...s.households().values()];
  const found = (q.trim() ? all.filter((h) => matches(`${h.head} ${s.village(h.village)}`, q)) : all).sort((a, b) => a.head.localeCompare(b.head, "vi"));
  const drafts = [...s.drafts].filter(([name, d]) => name.startsWith("visit:") && isTouched(d as VisitDraft)).map(([name, d]) => ({ of: name.slice(6), draft: d as VisitDraft }));
  return (
    <Frame title={w.pick} tab="visit">
      {drafts.length > 0 && !q && (
        <section class="stack">
          <h2>{w.drafts}</h2>
          <ul class="rows">
            {drafts.map(({ of, draft }) => (
              <li key={of}><a class="house plain" href={of === draft.household ? href("ghi", of) : href("sua-luot", of)}><b>{s.households().get(draft.household)?.head ?? words.kinds.visit}</b><Icon shape="pencil" /></a></li>
            ))}
          </ul>
        </section>
      )}
      <Field id="tim" label={w.label} hint={w.hint}>
        <input class="in" type="search" {...described("tim", 1)} autoComplete="off" value={q} onInput={(e) => setQ(e.currentTarget.value)} />
      </Field>
      <p class="hint" role="status">{found.length ? w.count(found.length, all.length) : w.none(q)}</p>
      {found.length > 0 && (
        <ul class="rows">
          {found.slice(0, MOST).map((h) => (
            <li key={h.uid}><a class="house plain" href={href("xem", h.uid)}><span><b>{h.head}</b><span class="sub">{s.village(h.village)}{h.last_on ? `, ${dayInWords(h.last_on, s.today())}` : ""}</span></span><Icon shape="go" /></a></li>
          ))}
        </ul>
      )}
      {found.length > MOST && <p class="hint">{w.more}</p>}
      <p><a class="btn quiet wide" href={href("them-ho")}>{w.add}</a></p>
    </Frame>
  );
}

export function House({ uid }: { uid: string }) {
  const s = app.session!;
  const w = words.house;
  const h = s.households().get(uid);
  if (!h) return <Find />;
  const today = s.today();
  const list = (codes: string[], name: (c: string) => string) => codes.map(name).join(", ") || w.nothing;
  const mine = s.items.filter((i) => (i.body as Partial<VisitBody>).household === uid || (i.body as { entity?: string }).entity === uid).reverse();
  const gone = async () => {
    const edit = nextEdit(uid, s.window.households.find((x) => x.uid === uid)?.version ?? null, s.items, uuid7);
    if (await safely(() => s.write("household", { entity: uid, ...edit, fields: {}, gone: true }))) instead("chon");
  };
  return (
    <Frame title={h.head} back={href("chon")}>
      <p class="soft">{s.village(h.village)}. {h.members ? `${w.members(h.members)}. ` : ""}{h.last_on ? `${w.last(dayInWords(h.last_on, today), h.last_result ? RESULTS[h.last_result] : "")}` : w.never} {h.next_on && w.next(dayInWords(h.next_on, today), h.next)}</p>
      <p><a class="btn wide big" href={href("ghi", uid)}>{w.write}</a></p>
      <dl class="pairs">
        <dt>{w.needs}</dt><dd>{list(h.needs, s.topic)}</dd>
        <dt>{w.done}</dt><dd>{list(h.done, s.topic)}</dd>
        <dt>{w.skills}</dt><dd>{list(h.skills, s.skill)}</dd>
        <dt>{w.consent}</dt><dd>{CONSENTS[h.consent]}</dd>
      </dl>
      <p><a class="btn quiet wide" href={href("sua-ho", uid)}>{w.edit}</a></p>
      {s.window.forms.map((f) => <p key={f.id}><a class="btn quiet wide" href={href("phieu", f.id, uid)}>{w.form(f.title)}</a></p>)}
      {mine.length > 0 && <section class="stack"><h2>{w.records}</h2><ul class="rows">{mine.map((item) => <RecordRow key={item.uid} item={item} />)}</ul></section>}
      <Sure label={w.gone} ask={w.goneSure} yes={w.goneYes} onYes={() => void gone()} quiet />
    </Frame>
  );
}

export function EditHousehold({ uid }: { uid: string | null }) {
  const s = app.session!;
  const w = words.edit;
  const [newUid] = useState(uuid7);
  const before = uid ? s.households().get(uid) : undefined;
  const name = `household:${uid ?? "new"}`;
  const one = s.window.villages.length === 1 ? s.window.villages[0]!.uid : "";
  const [strokes, change] = useDraft<Partial<Household>>(name, () => (uid ? {} : { uid: newUid }));
  const draft = editedFrom(before ?? { ...NOBODY, village: one }, strokes);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const first = useFirstFault();
  const isNameless = draft.consent === "no";
  const save = async (event: Event) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if (!draft.village) found.thon = w.villageMissing;
    if (!isNameless && !draft.head.trim()) found.chu = w.headMissing;
    if (draft.members > 99) found.nguoi = w.membersBad;
    const after = { ...draft, head: draft.head.trim().normalize("NFC") };
    const fields = changed(before ?? { ...NOBODY, consent: "" as Consent, skills: [""], needs: [""] }, after);
    if (!Object.keys(found).length && !Object.keys(fields).length) found[isNameless ? "dong-y" : "chu"] = w.same;
    setFaults(found);
    const at = Object.keys(found)[0];
    if (at) return first(at);
    const next = onward();
    const entity = uid ?? draft.uid;
    const edit = nextEdit(entity, s.window.households.find((x) => x.uid === entity)?.version ?? null, s.items, uuid7);
    if (await safely(() => s.write("household", { entity, ...edit, fields }, { draft: name }))) next("xem", entity);
  };
  return (
    <Frame title={uid ? w.old : w.new} back={uid ? href("xem", uid) : href("chon")} foot={<div class="act"><button form="ho" class="btn wide big">{w.save}</button></div>}>
      <form id="ho" onSubmit={save} class="body-in" noValidate>
        {s.window.villages.length > 1 && <One name="thon" legend={w.village} error={faults.thon} choices={s.window.villages.map((v) => [v.uid, v.name])} chosen={draft.village || null} onChange={(village) => change({ village })} />}
        <One<Consent> name="dong-y" legend={w.consent} error={faults["dong-y"]} choices={Object.entries(CONSENTS) as [Consent, string][]} chosen={draft.consent} onChange={(consent) => change({ consent })} />
        {isNameless ? <p class="note" role="status">{w.noName(nameless(uid ?? draft.uid))}</p> : (
          <Field id="chu" label={w.head} hint={w.headHint} error={faults.chu}>
            <input class="in" {...described("chu", 1, faults.chu)} maxLength={80} autoComplete="off" value={draft.head} onInput={(e) => change({ head: e.currentTarget.value })} />
          </Field>
        )}
        <Field id="nguoi" label={w.members} error={faults.nguoi}>
          <input class="in short" {...described("nguoi", "", faults.nguoi)} inputMode="numeric" value={draft.members || ""} onInput={(e) => change({ members: Number(e.currentTarget.value.replace(/\D/g, "")) })} />
        </Field>
        <Many name="can" legend={w.needs} choices={s.window.topics.map((t) => [t.code, t.label])} chosen={draft.needs} onChange={(needs) => change({ needs })} />
        <Many name="biet" legend={w.skills} look="one" choices={s.window.skills.map((t) => [t.code, t.label])} chosen={draft.skills} onChange={(skills) => change({ skills })} />
      </form>
    </Frame>
  );
}
