// Học: topics and scripts, to be read or to be read aloud.
import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import type { Campaign } from "../contract";
import { shortDay } from "../domain/day";
import { isRunning } from "../domain/plan";
import { words } from "../words";
import { Frame, Icon } from "./parts";

const viet = (): SpeechSynthesisVoice | undefined => globalThis.speechSynthesis?.getVoices().find((v) => v.lang.toLowerCase().replace("_", "-").startsWith("vi"));

/** The Vietnamese voice of the phone, as soon as it is known. */
function useVoice(): SpeechSynthesisVoice | undefined {
  const [voice, set] = useState(viet);
  useEffect(() => {
    const heard = () => set(viet());
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", heard);
    return () => {
      globalThis.speechSynthesis?.removeEventListener?.("voiceschanged", heard);
      globalThis.speechSynthesis?.cancel();
    };
  }, []);
  return voice;
}

export function ReadAloud({ text }: { text: string }) {
  const voice = useVoice();
  const [on, set] = useState(false);
  if (!voice) return null;
  const speak = () => {
    speechSynthesis.cancel();
    if (on) return set(false);
    const said = new SpeechSynthesisUtterance(text);
    Object.assign(said, { voice, lang: voice.lang, rate: 0.95, onend: () => set(false), onerror: () => set(false) });
    speechSynthesis.speak(said);
    set(true);
  };
  return <button type="button" class="btn quiet" onClick={speak}><Icon shape="sound" />{on ? words.learn.stop : words.learn.read}</button>;
}

export function Scripts({ campaign, level }: { campaign: Campaign; level: 2 | 3 }) {
  const Title = level === 2 ? "h2" : "h3";
  return (
    <>
      {campaign.scripts.map((script) => (
        <section key={script.title} class="sheet stack">
          <Title>{script.title}</Title>
          <ol class="steps">{script.steps.map((step) => <li key={step}>{step}</li>)}</ol>
          <ReadAloud text={[script.title, ...script.steps].join(". ")} />
        </section>
      ))}
    </>
  );
}

export function Learn() {
  const s = app.session!;
  const w = words.learn;
  const today = s.today();
  const voice = useVoice();
  const running = s.window.campaigns.filter((c) => isRunning(c, today));
  return (
    <Frame title={w.title} tab="learn" side={<a class="side" href="#/cai-dat">{words.settings}</a>}>
      {running.length === 0 && <div class="empty"><p><b>{w.none}</b></p><p class="soft">{w.noneHow}</p></div>}
      {running.map((c) => (
        <section key={c.uid} class="stack">
          <h2>{c.title}</h2>
          <p class="soft">{c.topics.map(s.topic).join(", ")}. {w.until(shortDay(c.to))}</p>
          <Scripts campaign={c} level={3} />
        </section>
      ))}
      {!voice && running.some((c) => c.scripts.length) && <p class="hint">{w.noVoice}</p>}
      {s.window.topics.length > 0 && (
        <section class="stack">
          <h2>{w.topics}</h2>
          <ul class="rows">{s.window.topics.map((t) => <li key={t.code}><p>{t.label}</p></li>)}</ul>
        </section>
      )}
    </Frame>
  );
}
