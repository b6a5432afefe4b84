// Everything personal is sealed with a key that only the PIN opens. The key never leaves WebCrypto once it is in use.
export interface Box { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }

export const ROUNDS = 600_000; // PBKDF2-SHA256, as OWASP advises; kept with each person so that it can be raised
const utf8 = new TextEncoder();
const text = new TextDecoder();

async function pinKey(pin: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", utf8.encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
}

const bookKey = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

async function sealRaw(key: CryptoKey, data: BufferSource, label: string): Promise<Box> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(label) }, key, data) };
}
const openRaw = (key: CryptoKey, box: Box, label: string): Promise<ArrayBuffer> =>
  crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv, additionalData: utf8.encode(label) }, key, box.data);

export interface Lock { salt: Uint8Array<ArrayBuffer>; rounds: number; wrapped: Box }

/** A new key and the lock that its PIN opens. */
export async function newLock(pin: string): Promise<{ key: CryptoKey; lock: Lock }> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const wrapped = await sealRaw(await pinKey(pin, salt, ROUNDS), raw, "book");
  const key = await bookKey(raw);
  raw.fill(0);
  return { key, lock: { salt, rounds: ROUNDS, wrapped } };
}

/** The key of the book, or nothing if the PIN is another. */
export async function tryPin(pin: string, lock: Lock): Promise<CryptoKey | null> {
  try {
    const raw = new Uint8Array(await openRaw(await pinKey(pin, lock.salt, lock.rounds), lock.wrapped, "book"));
    const key = await bookKey(raw);
    raw.fill(0);
    return key;
  } catch {
    return null;
  }
}

/** The same key under another PIN, if the old one opens it. */
export async function newPin(old: string, pin: string, lock: Lock): Promise<Lock | null> {
  try {
    const raw = new Uint8Array(await openRaw(await pinKey(old, lock.salt, lock.rounds), lock.wrapped, "book"));
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const wrapped = await sealRaw(await pinKey(pin, salt, ROUNDS), raw, "book");
    raw.fill(0);
    return { salt, rounds: ROUNDS, wrapped };
  } catch {
    return null;
  }
}

/** The label ties a box to its place: one cannot be put in the place of another. */
export const seal = (key: CryptoKey, value: unknown, label: string): Promise<Box> => sealRaw(key, utf8.encode(JSON.stringify(value)), label);
export const sealBytes = sealRaw;
export const openBytes = openRaw;
export async function unseal<T>(key: CryptoKey, box: Box, label: string): Promise<T> {
  return JSON.parse(text.decode(await openRaw(key, box, label))) as T;
}
