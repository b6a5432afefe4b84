// Proofs of the house's answers, and parcels that another phone may carry without reading them. WebCrypto only.
import type { Batch, Parcel } from "../contract";
import { uuid7 } from "../domain/uuid";

const utf8 = new TextEncoder();
type Bytes = Uint8Array<ArrayBuffer>;

export const hex = (bytes: ArrayBuffer | Uint8Array): string => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  let text = "";
  for (const b of new Uint8Array(bytes)) text += String.fromCharCode(b);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function fromBase64url(text: string): Bytes {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

export const sha256 = async (data: BufferSource): Promise<string> => hex(await crypto.subtle.digest("SHA-256", data));

/** hex HMAC-SHA256 with the SHA-256 of the token as its key. */
export async function proofOf(token: string, message: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", utf8.encode(token));
  const key = await crypto.subtle.importKey("raw", digest, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", key, utf8.encode(message)));
}

/** One batch, sealed for the house's public key. `text` is the batch exactly as its proof was made over it. */
export async function sealParcel(batch: Batch, token: string, seat: string, houseKey: string): Promise<Parcel> {
  const text = JSON.stringify(batch);
  const plain = JSON.stringify({ batch: text, proof: await proofOf(token, text) });
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const house = await crypto.subtle.importKey("raw", fromBase64url(houseKey), curve, false, []);
  const once = (await crypto.subtle.generateKey(curve, true, ["deriveBits"])) as CryptoKeyPair;
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: house }, once.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8.encode("langso parcel 1") }, base,
    { name: "AES-GCM", length: 256 }, false, ["encrypt"],
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8.encode(plain));
  const epk = await crypto.subtle.exportKey("raw", once.publicKey);
  return { v: 1, parcel: uuid7(), seat, epk: base64url(epk), iv: base64url(iv), data: base64url(data) };
}

export function isParcel(x: unknown): x is Parcel {
  if (typeof x !== "object" || x === null) return false;
  const p = x as Record<string, unknown>;
  return p.v === 1 && [p.parcel, p.seat, p.epk, p.iv, p.data].every((t) => typeof t === "string" && t.length > 0);
}
