// Photos and signatures: made small on the device, sealed at once. Drawing anew drops the place and time that cameras hide.
import { useEffect, useRef, useState } from "preact/hooks";
import { app } from "../app";
import type { PhotoNote } from "../contract";
import { uuid7 } from "../domain/uuid";
import type { Session } from "../session";
import { sha256 } from "../sync/crypto";
import { words } from "../words";
import { onItsWay } from "./draft";

const LONGEST_SIDE = 1280;
const MOST_BYTES = 150_000;

const blobOf = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> =>
  new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), type, quality));

export async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  let side = LONGEST_SIDE;
  for (;;) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.8, 0.65, 0.5, 0.35]) {
      const blob = await blobOf(canvas, "image/jpeg", quality);
      if (blob.size <= MOST_BYTES || (side < 500 && quality < 0.4)) return blob;
    }
    side *= 0.75;
  }
}

async function keep({ book }: Session, blob: Blob): Promise<PhotoNote> {
  const bytes = await blob.arrayBuffer();
  const uid = uuid7();
  await book.putPhoto(uid, bytes, Date.now());
  return { uid, sha256: await sha256(bytes), size: bytes.byteLength, type: blob.type };
}

export function Photo({ note, alt }: { note: PhotoNote; alt: string }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    let made = "";
    void app.session?.book.photo(note.uid).then((bytes) => bytes && setUrl((made = URL.createObjectURL(new Blob([bytes], { type: note.type })))));
    return () => URL.revokeObjectURL(made);
  }, [note.uid]);
  return url ? <img src={url} alt={alt} /> : null;
}

/** `onChange` is given what becomes of the photos as they stand then: making one small takes seconds on a cheap phone. */
export function Photos({ photos, onChange, most = 3 }: { photos: PhotoNote[]; onChange: (change: (now: PhotoNote[]) => PhotoNote[]) => void; most?: number }) {
  const w = words.visit;
  const [error, setError] = useState("");
  const [coming, setComing] = useState(0);
  const session = app.session!; // into the book it was taken for, whichever is open when it is small
  const add = async (input: HTMLInputElement): Promise<boolean> => {
    const file = input.files?.[0];
    if (!file) return true;
    setError("");
    setComing((n) => n + 1);
    try {
      const note = await keep(session, await shrink(file));
      onChange((now) => [...now, note]);
      return true;
    } catch (fault) {
      setError(app.noteFull(fault) ? words.state.full.strong : w.photoBad);
      return false;
    } finally {
      setComing((n) => n - 1);
      input.value = "";
    }
  };
  const drop = (photo: PhotoNote) => {
    onChange((now) => now.filter((p) => p.uid !== photo.uid));
    void session.dropPhotos([photo]);
  };
  return (
    <div class="stack">
      {error && <p class="err">{error}</p>}
      {photos.length > 0 && (
        <ul class="thumbs">
          {photos.map((photo, i) => (
            <li key={photo.uid}><Photo note={photo} alt={w.photoN(i + 1)} /><button type="button" class="link" onClick={() => drop(photo)}>{w.photoDrop}</button></li>
          ))}
        </ul>
      )}
      {photos.length < most && (
        <label class="btn quiet wide">
          {coming ? w.photoMaking : w.photo}
          <input class="vh" type="file" accept="image/*" capture="environment" onChange={(e) => void onItsWay(add(e.currentTarget))} />
        </label>
      )}
    </div>
  );
}

/** A finger or a pen; what comes out is a small PNG, black on white. */
export function Signature({ onDone }: { onDone: (note: PhotoNote) => void }) {
  const w = words.visit;
  const pad = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => clear(), []);
  const clear = () => {
    const canvas = pad.current!;
    canvas.width = Math.min(600, canvas.clientWidth);
    canvas.height = canvas.clientHeight;
    const pen = canvas.getContext("2d")!;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: "#13221b" });
    setDrawn(false);
  };
  const at = (e: PointerEvent): [number, number] => {
    const box = pad.current!.getBoundingClientRect();
    return [((e.clientX - box.left) / box.width) * pad.current!.width, ((e.clientY - box.top) / box.height) * pad.current!.height];
  };
  const down = (e: PointerEvent) => {
    pad.current!.setPointerCapture(e.pointerId);
    const pen = pad.current!.getContext("2d")!;
    pen.beginPath();
    pen.moveTo(...at(e));
  };
  const move = (e: PointerEvent) => {
    if (!e.buttons) return;
    const pen = pad.current!.getContext("2d")!;
    pen.lineTo(...at(e));
    pen.stroke();
    setDrawn(true);
  };
  const session = app.session!;
  const done = async (): Promise<boolean> => {
    try {
      onDone(await keep(session, await blobOf(pad.current!, "image/png")));
      return true;
    } catch (fault) {
      app.noteUnkept(fault);
      return false;
    }
  };
  return (
    <div class="stack">
      <span class="hint">{w.signHere}</span>
      <canvas ref={pad} class="pad" role="img" aria-label={w.sign} onPointerDown={down} onPointerMove={move} />
      <div class="two">
        <button type="button" class="btn quiet" onClick={clear}>{w.signAgain}</button>
        <button type="button" class="btn" aria-disabled={!drawn} onClick={() => drawn && void onItsWay(done())}>{w.signDone}</button>
      </div>
    </div>
  );
}
