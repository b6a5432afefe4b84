import { render } from "preact";
import { app } from "./app";
import { EditHousehold, Find, House } from "./screens/find";
import { Form } from "./screens/form";
import { Give, Take } from "./screens/handover";
import { Learn } from "./screens/learn";
import { Answer, Gathering, SettingsPage } from "./screens/more";
import { Outbox, Record } from "./screens/outbox";
import { Frame, Guard, useApp } from "./screens/parts";
import { ChangePin, Closed, Enrol, People, Pin } from "./screens/people";
import { useRoute } from "./screens/route";
import { Today } from "./screens/today";
import { Visit } from "./screens/visit";
import { words } from "./words";

function Screen() {
  useApp();
  const [where = "", a = "", b = ""] = useRoute();
  if (app.broken)
    return <Frame title={words.app} plain><p class="note soil">{words.broken[app.broken]}</p><button type="button" class="btn wide" onClick={() => location.reload()}>{words.broken.reload}</button></Frame>;
  const code = /^ghi-danh=(.*)$/.exec(where)?.[1];
  if (code !== undefined || where === "ghi-danh") return <Enrol key={code ?? a} code={code ?? a} />;
  const s = app.session;
  if (!s) {
    const person = where === "mo" ? app.people.find((p) => p.uid === a) : undefined;
    return person ? <Pin key={a} person={person} /> : <People />;
  }
  if (s.seat.closed) return <Closed />;
  const isHere = (draft: string): boolean => s.drafts.has(`${draft}:${a}`) || s.items.some((i) => i.uid === a);
  switch (where) {
    case "ghi": return s.households().has(a) || s.drafts.has(`visit:${a}`) ? <Visit key={a} household={a} /> : <Find />;
    case "sua-luot": return isHere("visit") ? <Visit key={a} household="" of={a} /> : <Outbox />;
    case "chon": return <Find />;
    case "xem": return <House key={a} uid={a} />;
    case "them-ho": return <EditHousehold key="new" uid={null} />;
    case "sua-ho": return s.households().has(a) ? <EditHousehold key={a} uid={a} /> : <Find />;
    case "buoi": return <Gathering key="new" />;
    case "sua-buoi": return isHere("gathering") ? <Gathering key={a} of={a} /> : <Outbox />;
    case "giup": return <Answer key={a} uid={a} />;
    case "phieu": return <Form key={`${a}/${b}`} id={a} household={b || null} />;
    case "gui": return <Outbox />;
    case "luot": return <Record key={a} uid={a} />;
    case "giao": return <Give />;
    case "nhan": return <Take />;
    case "hoc": return <Learn />;
    case "doi-pin": return <ChangePin />;
    case "cai-dat": return <SettingsPage />;
    default: return <Today />;
  }
}

const root = document.getElementById("app")!;
const draw = () => {
  root.textContent = "";
  render(<Guard><Screen /></Guard>, root);
  performance.mark("usable");
};
app.start().then(draw, (fault: unknown) => {
  console.error(fault);
  app.broken = "old-browser";
  draw();
});
void app.install();
