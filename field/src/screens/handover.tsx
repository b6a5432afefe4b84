// A sealed parcel from phone to phone: as a file, or as a series of QR codes. Whoever carries it cannot read it.
import { generate, correction } from "lean-qr";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { app } from "../app";
import type { Parcel } from "../contract";
import { deviceTime } from "../domain/day";
import { framesOf, isWhole, joined, take, type Gathered } from "../domain/frames";
import { isUnsent } from "../domain/outbox";
import { uuid7 } from "../domain/uuid";
import { isParcel, sealParcel } from "../sync/crypto";
import { batchOf, nextBatch } from "../sync/plan";
import { words } from "../words";
import { Frame } from "./parts";
import { href } from "./route";

const w = words.handover;
const MOST_BY_QR = 20; // items in a parcel: about fifty codes, half a minute before the camera

async function makeParcels(): Promise<{ parcels: Parcel[]; count: number }> {
  const s = app.session!;
  const skip = new Set<string>();
  const parcels: Parcel[] = [];
  for (let chosen = nextBatch(s.items, skip, MOST_BY_QR); chosen.length; chosen = nextBatch(s.items, skip, MOST_BY_QR)) {
    const batch = batchOf(uuid7(), chosen, s.items, deviceTime(Date.now()), __VERSION__);
    const parcel = await sealParcel(batch, s.seat.token, s.seat.seat, s.seat.key);
    parcels.push(parcel);
    chosen.forEach((item) => skip.add(item.uid));
    await s.changeItems(chosen.map((i) => i.uid), (item) => ({ ...item, handed: parcel.parcel }));
  }
  return { parcels, count: skip.size };
}

export function Give() {
  const s = app.session!;
  const n = s.items.filter(isUnsent).length;
  const [made, setMade] = useState<{ parcels: Parcel[]; count: number } | null>(null);
  const [showing, show] = useState(false);
  const file = () => new File([JSON.stringify(made!.parcels)], `goi-${new Date().toISOString().slice(0, 10)}.langso`, { type: "application/octet-stream" });
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file());
    link.download = file().name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const canShare = made !== null && !!navigator.canShare?.({ files: [file()] });
  return (
    <Frame title={w.title} back={href("gui")}>
      <p>{w.how}</p>
      {n === 0 && <div class="empty"><p><b>{w.none}</b></p></div>}
      {n > 0 && !made && <button type="button" class="btn wide big" onClick={() => void makeParcels().then(setMade, (fault) => app.noteFull(fault))}>{w.make(n)}</button>}
      {made && (
        <>
          <p role="status"><b>{w.made(made.count)}</b> <span class="soft">{w.noPhotos}</span></p>
          {showing ? <Series parcels={made.parcels} onStop={() => show(false)} /> : (
            <div class="stack">
              <button type="button" class="btn wide big" onClick={() => show(true)}>{w.qr}</button>
              {canShare && <button type="button" class="btn quiet wide" onClick={() => void navigator.share({ files: [file()] }).catch(() => undefined)}>{w.share}</button>}
              <button type="button" class="btn quiet wide" onClick={save}>{w.file}</button>
            </div>
          )}
        </>
      )}
    </Frame>
  );
}

function Series({ parcels, onStop }: { parcels: Parcel[]; onStop: () => void }) {
  const [which, setWhich] = useState(0);
  const [at, setAt] = useState(0);
  const [pace, setPace] = useState(500);
  const canvas = useRef<HTMLCanvasElement>(null);
  const parcel = parcels[which]!;
  const frames = framesOf(parcel.parcel, JSON.stringify(parcel));
  useEffect(() => {
    const timer = setInterval(() => setAt((i) => (i + 1) % frames.length), pace);
    return () => clearInterval(timer);
  }, [which, pace]);
  useLayoutEffect(() => {
    const code = generate(frames[at % frames.length]!, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L });
    code.toCanvas(canvas.current!, { pad: 4 } as never);
  }, [which, at]);
  return (
    <div class="stack">
      <canvas ref={canvas} class="qr" role="img" aria-label={w.qrAlt} />
      <p class="soft num">{parcels.length > 1 && `${w.part(which + 1, parcels.length)}. `}{w.frame((at % frames.length) + 1, frames.length)}</p>
      <div class="two">
        <button type="button" class="btn quiet" onClick={() => setPace(pace * 1.5)}>{w.slower}</button>
        <button type="button" class="btn quiet" onClick={() => setPace(Math.max(150, pace / 1.5))}>{w.faster}</button>
      </div>
      {which + 1 < parcels.length && <button type="button" class="btn wide" onClick={() => (setWhich(which + 1), setAt(0))}>{w.next}</button>}
      <button type="button" class="btn quiet wide" onClick={onStop}>{w.stop}</button>
    </div>
  );
}

async function keep(texts: string[]): Promise<number | null> {
  let taken = 0;
  for (const text of texts) {
    let told: unknown;
    try {
      told = JSON.parse(text);
    } catch {
      return null;
    }
    const parcels = Array.isArray(told) ? told : [told];
    if (!parcels.length || !parcels.every(isParcel)) return null;
    for (const parcel of parcels) taken += Number(await app.phone!.takeParcel(parcel, Date.now()));
  }
  app.hurry();
  return taken;
}

interface Detector { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> }
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };
const detectorClass = (): DetectorClass | undefined => (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

export function Take() {
  const [said, say] = useState("");
  const [wrong, setWrong] = useState("");
  const [scanning, scan] = useState(false);
  const [canScan, setCanScan] = useState(false);
  useEffect(() => void detectorClass()?.getSupportedFormats().then((all) => setCanScan(all.includes("qr_code")), () => undefined), []);
  const got = (n: number | null) => {
    say(n === null ? "" : w.got(n));
    setWrong(n === null ? w.notOurs : "");
  };
  const pick = async (event: Event & { currentTarget: HTMLInputElement }) => {
    const input = event.currentTarget;
    const texts = await Promise.all([...(input.files ?? [])].map((f) => f.text()));
    await keep(texts).then(got, (fault) => app.noteFull(fault));
    input.value = "";
  };
  return (
    <Frame title={w.takeTitle} back={href("gui")}>
      {said && <p class="note" role="status"><b>{said}</b></p>}
      {wrong && <p class="err" role="alert">{wrong}</p>}
      {scanning ? <Scanner onDone={(text) => { scan(false); void keep([text]).then(got, (fault) => app.noteFull(fault)); }} onFail={() => { scan(false); setWrong(w.cameraOff); }} /> : (
        <div class="stack">
          {canScan ? <button type="button" class="btn wide big" onClick={() => scan(true)}>{w.takeCamera}</button> : <p class="hint">{w.noCamera}</p>}
          <label class={`btn wide ${canScan ? "quiet" : "big"}`}>{w.takeFile}<input class="vh" type="file" multiple onChange={pick} /></label>
        </div>
      )}
    </Frame>
  );
}

function Scanner({ onDone, onFail }: { onDone: (text: string) => void; onFail: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [gathered, setGathered] = useState<Gathered | null>(null);
  useEffect(() => {
    let on = true;
    let stream: MediaStream | null = null;
    const run = async () => {
      const detector = new (detectorClass()!)({ formats: ["qr_code"] });
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!on) return;
      video.current!.srcObject = stream;
      await video.current!.play();
      let have: Gathered | null = null;
      while (on) {
        const codes = await detector.detect(video.current!).catch(() => []);
        for (const code of codes) have = take(have, code.rawValue);
        if (isWhole(have)) return onDone(joined(have));
        setGathered(have);
        await new Promise((next) => setTimeout(next, 120));
      }
    };
    run().catch(() => on && onFail());
    return () => {
      on = false;
      stream?.getTracks().forEach((t) => t.stop());
    };
  }, []);
  return (
    <div class="stack">
      <video ref={video} muted playsInline />
      <p role="status">{w.scanning(gathered?.parts.size ?? 0, gathered?.count ?? 0)}</p>
    </div>
  );
}
