// Whose book: the people of this phone, the PIN, enrolment, and a book that may not send any more.
import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import type { Enrolled } from "../contract";
import { isEasyPin, SHORTEST_PIN } from "../domain/pin";
import type { PhonePerson } from "../store/schema";
import type { Heard } from "../sync/call";
import { words } from "../words";
import { useTyping } from "./draft";
import { described, Field, Frame, Icon, useFirstFault } from "./parts";
import { go, href, instead } from "./route";

const CODE = /^[A-Z0-9]{4}-?[A-Z0-9]{4}$/;
const neat = (code: string): string => {
  const plain = code.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return plain.length === 8 ? `${plain.slice(0, 4)}-${plain.slice(4)}` : plain;
};

export function People() {
  const w = words.people;
  return (
    <Frame title={app.people.length ? w.title : words.app}>
      {app.people.length === 0 && <div class="empty"><p><b>{w.none}</b></p><p class="soft">{w.noneHow}</p></div>}
      {app.people.length > 0 && (
        <ul class="rows">
          {app.people.map((p) => (
            <li key={p.uid}>
              <a class="house plain" href={href("mo", p.uid)}>
                <span><b>{p.name}</b><span class={`sub ${p.unsent ? "s-q" : ""}`}>{p.unsent ? w.unsent(p.unsent) : w.allSent}</span></span>
                <Icon shape="go" />
              </a>
            </li>
          ))}
        </ul>
      )}
      <p><a class={`btn wide big ${app.people.length ? "quiet" : ""}`} href={href("ghi-danh")}>{app.people.length ? w.add : w.first}</a></p>
      <p class="soft">{w.own}</p>
      <p class="hint">{words.settingsPage.version(__VERSION__)}</p>
    </Frame>
  );
}

const digits = { type: "password", inputMode: "numeric", autoComplete: "off", maxLength: 20, pattern: "[0-9]*" } as const;

export function Pin({ person }: { person: PhonePerson }) {
  useTyping();
  const w = words.pin;
  const [pin, setPin] = useState("");
  const [error, setError] = useState("");
  const [until, setUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const [, tick] = useState(0);
  const left = Math.ceil((until - Date.now()) / 1000);
  useEffect(() => {
    document.getElementById("pin")?.focus();
  }, []);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  const open = async (event: Event) => {
    event.preventDefault();
    if (busy || !pin || left > 0) return;
    setBusy(true);
    try {
      const wrong = await app.unlock(person, pin);
      if (!wrong) return instead("ho");
      setError(w.wrong);
      setUntil(Date.now() + wrong.wait * 1000);
    } catch (fault) {
      setError(app.noteFull(fault) ? words.state.full.strong : w.shut);
    }
    setBusy(false);
    setPin("");
  };
  const said = left > 0 ? `${error} ${w.wait(left)}` : error;
  return (
    <Frame title={w.title(person.name)} back={href()} plain>
      <form onSubmit={open} class="stack">
        <Field id="pin" label={w.label} error={said}>
          <input class="in pinbox" {...digits} {...described("pin", "", said)} value={pin} onInput={(e) => setPin(e.currentTarget.value)} />
        </Field>
        <button class="btn wide big" aria-disabled={busy || left > 0}>{busy ? w.opening : w.open}</button>
      </form>
      <details>
        <summary>{w.forgot}</summary>
        <p class="soft">{w.forgotHow(person.unsent)}</p>
        <p><a class="btn quiet wide" href={href("ghi-danh")}>{words.people.first}</a></p>
      </details>
    </Frame>
  );
}

const saidOf = (heard: Heard): string =>
  heard.kind === "fault" ? heard.says : heard.kind === "away" ? words.enrol.away : heard.kind === "busy" ? words.enrol.busy : words.enrol.strange;
const isHeard = (x: Enrolled | Heard): x is Heard => "kind" in x;

export function Enrol({ code: given }: { code: string }) {
  useTyping(); // the code works once: between it and the book nothing may begin anew
  const w = words.enrol;
  const [code, setCode] = useState(neat(given));
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [known, setKnown] = useState<Enrolled | null>(null);
  const first = useFirstFault();
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const found: Record<string, string> = {};
    if (!CODE.test(neat(code))) found.code = w.codeBad;
    Object.assign(found, pinFault(pin, again));
    setFaults(found);
    const at = Object.keys(found)[0];
    if (at) return first(at);
    setBusy(true);
    const told = await app.askWho(neat(code));
    if (isHeard(told)) {
      setBusy(false);
      setFaults({ code: saidOf(told) });
      return first("code");
    }
    try {
      if (!app.people.some((p) => p.uid === told.member.uid)) await app.enrolNew(told, pin);
      else if (!(await app.enrolAgain(told, pin))) return setKnown(told);
    } catch (fault) {
      setBusy(false);
      app.noteFull(fault);
      return setFaults({ code: w.full });
    }
    instead("ho");
  };
  if (known) return <Known enrolled={known} pin={pin} />;
  return (
    <Frame title={w.title} back={href()} plain>
      <form onSubmit={send} class="body-in" noValidate>
        <Field id="code" label={w.code} hint={w.codeHint} error={faults.code}>
          <input class="in code" {...described("code", 1, faults.code)} autoComplete="off" autoCapitalize="characters" spellcheck={false} value={code} onInput={(e) => setCode(e.currentTarget.value)} onBlur={() => setCode(neat(code))} />
        </Field>
        <Field id="pin" label={w.pin} hint={w.pinHint} error={faults.pin}>
          <input class="in pinbox" {...digits} {...described("pin", 1, faults.pin)} minLength={SHORTEST_PIN} value={pin} onInput={(e) => setPin(e.currentTarget.value)} />
        </Field>
        <Field id="again" label={w.again} error={faults.again}>
          <input class="in pinbox" {...digits} {...described("again", "", faults.again)} value={again} onInput={(e) => setAgain(e.currentTarget.value)} />
        </Field>
        <button class="btn wide big" aria-disabled={busy}>{busy ? w.going : w.go}</button>
      </form>
    </Frame>
  );
}

/** The code was for someone whose book is here under another PIN. */
function Known({ enrolled, pin }: { enrolled: Enrolled; pin: string }) {
  const w = words.enrol;
  const [old, setOld] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async (enter: () => Promise<boolean>) => {
    if (busy) return;
    setBusy(true);
    try {
      if (await enter()) return instead("ho");
      setError(w.oldPinWrong);
    } catch (fault) {
      app.noteFull(fault);
      setError(w.full);
    }
    setBusy(false);
  };
  const keep = (event: Event) => {
    event.preventDefault();
    void go(() => app.enrolAgain(enrolled, old));
  };
  const anew = () => void go(() => app.enrolNew(enrolled, pin).then(() => true));
  return (
    <Frame title={w.known(enrolled.member.name)} plain>
      <form onSubmit={keep} class="stack">
        <Field id="old" label={w.oldPin} hint={w.oldPinHint} error={error}>
          <input class="in pinbox" {...digits} {...described("old", 1, error)} value={old} onInput={(e) => setOld(e.currentTarget.value)} />
        </Field>
        <button class="btn wide big" aria-disabled={busy}>{w.keep}</button>
      </form>
      <button type="button" class="btn quiet wide" aria-disabled={busy} onClick={anew}>{w.forgotOld}</button>
      <p class="hint">{w.forgotOldHow}</p>
    </Frame>
  );
}

const pinFault = (pin: string, again: string): Record<string, string> => {
  const w = words.enrol;
  if (!new RegExp(`^\\d{${SHORTEST_PIN},}$`).test(pin)) return { pin: w.pinShort };
  if (isEasyPin(pin)) return { pin: w.pinEasy };
  return pin === again ? {} : { again: w.differs };
};

export function ChangePin() {
  const w = words.changePin;
  const [values, setValues] = useState({ old: "", pin: "", again: "" });
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [done, setDone] = useState(false);
  const first = useFirstFault();
  const save = async (event: Event) => {
    event.preventDefault();
    const found = pinFault(values.pin, values.again);
    if (!Object.keys(found).length && !(await app.phone!.changePin(app.session!.person.uid, values.old, values.pin))) found.old = words.pin.wrong;
    setFaults(found);
    const at = Object.keys(found)[0];
    if (at) return first(at);
    setDone(true);
    setValues({ old: "", pin: "", again: "" });
  };
  const fields = [["old", w.old, ""], ["pin", w.pin, words.enrol.pinHint], ["again", words.enrol.again, ""]] as const;
  return (
    <Frame title={w.title} back={href("cai-dat")} plain>
      {done && <p class="note" role="status"><b>{w.done}</b></p>}
      <form onSubmit={save} class="body-in" noValidate>
        {fields.map(([id, label, hint]) => (
          <Field key={id} id={id} label={label} hint={hint} error={faults[id]}>
            <input class="in pinbox" {...digits} {...described(id, hint, faults[id])} value={values[id]} onInput={(e) => setValues({ ...values, [id]: e.currentTarget.value })} />
          </Field>
        ))}
        <button class="btn wide big">{w.title}</button>
      </form>
    </Frame>
  );
}

/** Revoked, or the member left: the outbox stays sealed here, and goes on under a new code. */
export function Closed() {
  const w = words.closed;
  const s = app.session!;
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const renew = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (!CODE.test(neat(code))) return setError(words.enrol.codeBad);
    setBusy(true);
    const told = await app.askWho(neat(code));
    setBusy(false);
    if (isHeard(told)) return setError(saidOf(told));
    if (told.member.uid !== s.person.uid) return setError(w.other(told.member.name));
    await app.renew(told);
    go("ho");
  };
  return (
    <Frame title={w.title} plain>
      <p class="note soil" role="status"><b>{s.seat.closed?.says}</b></p>
      {s.seat.closed?.code === "MemberLeft" && <p>{w.memberLeft}</p>}
      <p>{s.seat.closed?.code === "MemberLeft" ? w.memberKeeps(s.unsent) : w.keeps(s.unsent)}</p>
      <form onSubmit={renew} class="stack">
        <Field id="code" label={w.code} hint={words.enrol.codeHint} error={error}>
          <input class="in code" {...described("code", 1, error)} autoComplete="off" value={code} onInput={(e) => setCode(e.currentTarget.value)} />
        </Field>
        <button class="btn wide big" aria-disabled={busy}>{busy ? words.enrol.going : w.go}</button>
      </form>
      <button type="button" class="btn quiet wide" onClick={() => void app.lock()}>{words.lockMine}</button>
    </Frame>
  );
}
