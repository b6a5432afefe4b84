// Hộ hôm nay: whom to visit next and why.
import { useState } from "preact/hooks";
import { app } from "../app";
import type { HelpRequest, VisitBody } from "../contract";
import { longDay, moment, shownDay } from "../domain/day";
import { requestsLeft, standing } from "../domain/household";
import { isFrom, isRunning, tasks } from "../domain/plan";
import { isTouched, type VisitDraft } from "../domain/visit";
import { weekday, why, words } from "../words";
import { Frame, Icon } from "./parts";
import { href } from "./route";

const A_DAY = 6; // as many as can be walked to and guided with care

/** Requests that nobody has answered on this phone yet. */
export function openRequests(): HelpRequest[] {
  const s = app.session!;
  return requestsLeft(s.window.requests, s.items, s.window.pulledAt);
}

export function Today() {
  const s = app.session!;
  const w = words.today;
  const today = s.today();
  const [most, setMost] = useState(A_DAY);
  const houses = s.households();
  const noVillage = s.window.cursor !== "" && s.window.villages.length === 0;
  const requests = openRequests();
  const written = standing(s.items).filter((i) => i.kind === "visit" && shownDay((i.body as VisitBody).on, i.made_at, i.skew) === today);
  const done = [...new Map(written.map((i) => [(i.body as VisitBody).household, i])).values()].filter((i) => houses.has((i.body as VisitBody).household));
  const all = tasks(houses.values(), requests, s.window.campaigns, today).filter((t) => !done.some((i) => (i.body as VisitBody).household === t.household.uid));
  const next = all.slice(0, Math.max(0, most - done.length));
  const villages = new Set(next.map((t) => t.household.village));
  const where = villages.size === 1 ? s.village([...villages][0]!) : s.seat.team.name;
  const loose = requests.filter((r) => ![...houses.values()].some((h) => isFrom(r, h)));
  const forms = s.window.campaigns.filter((c) => isRunning(c, today) && c.form);
  const head = w.visited(done.length, done.length + next.length);
  return (
    <Frame title={w.title} tab="today" side={<a class="side" href={href("cai-dat")}>{s.seat.member.name}</a>}>
      {next.length + done.length > 0 && (
        <p class="soft">{where}, {weekday(today)} {longDay(today).slice(0, 5)}. {head[0]}<b class="num">{head[1]}</b>{head[2]}<b class="num">{head[3]}</b>{head[4]}</p>
      )}
      {next.length === 0 && (
        <div class="empty">
          <p><b>{houses.size ? w.allDone(done.length) : noVillage ? w.noVillage : w.nothing}</b></p>
          <p class="soft">{houses.size ? w.onPhone(houses.size) : noVillage ? w.noVillageHow : w.nothingHow}</p>
        </div>
      )}
      {next.length + done.length > 0 && (
        <ul class="rows">
          {next.map((task, i) => {
            const draft = s.drafts.get(`visit:${task.household.uid}`) as VisitDraft | undefined;
            return (
              <li key={task.household.uid}>
                <a class="house" href={href("ghi", task.household.uid)}>
                  <span class="no" aria-hidden="true">{i + 1}</span>
                  <span>
                    <b>{task.household.head}</b>
                    <span class="sub">{why(task.why, s.topic, today)}</span>
                    {villages.size > 1 && <span class="sub">{s.village(task.household.village)}</span>}
                    {draft && isTouched(draft) && <span class="sub s-w">{w.draft}</span>}
                  </span>
                  <Icon shape="go" />
                </a>
              </li>
            );
          })}
          {done.map((item, i) => {
            const body = item.body as VisitBody;
            return (
              <li key={body.household}>
                <a class="house done" href={href("luot", item.uid)}>
                  <span class="no" aria-hidden="true">{next.length + i + 1}</span>
                  <span><b>{houses.get(body.household)?.head}</b><span class="sub">{body.topics.map(s.topic).join(", ")}</span><span class="sub">{moment(Date.parse(item.made_at) + item.skew)}</span></span>
                  <span class="v"><Icon shape="met" />{w.done}</span>
                </a>
              </li>
            );
          })}
        </ul>
      )}
      {all.length > next.length && <button type="button" class="btn quiet wide" onClick={() => setMost(most + A_DAY)}>{w.more}</button>}
      <p><a class="btn quiet wide" href={href("chon")}>{w.other}</a></p>
      {loose.length > 0 && (
        <section class="stack">
          <h2>{w.reqTitle}</h2>
          <ul class="rows">
            {loose.map((r) => (
              <li key={r.uid}><a class="house plain" href={href("giup", r.uid)}><span><b>{r.name}</b><span class="sub">{r.text || s.topic(r.topic ?? "")}</span><span class="sub">{r.village ? s.village(r.village) : ""}{r.due_on ? `. ${words.request.due(longDay(r.due_on))}` : ""}</span></span><Icon shape="go" /></a></li>
            ))}
          </ul>
        </section>
      )}
      <p><a class="btn quiet wide" href={href("buoi")}>{w.gathering}</a></p>
      {forms.length > 0 && (
        <section class="stack">
          <h2>{w.forms}</h2>
          <ul class="rows">
            {forms.map((c) => (
              <li key={c.uid}><a class="house plain" href={href("phieu", c.form!)}><span><b>{s.window.forms.find((f) => f.id === c.form)?.title ?? c.title}</b><span class="sub">{c.title}</span></span><Icon shape="go" /></a></li>
            ))}
          </ul>
        </section>
      )}
      {app.people.length > 1 && (
        <div class="note gold"><p><b>{w.shared(app.people.length)}</b></p><p>{w.sharedHow(s.seat.member.address)}</p></div>
      )}
      <button type="button" class="btn quiet wide" onClick={() => void app.lock()}><Icon shape="lock" />{words.lockMine}</button>
    </Frame>
  );
}
