// One call to the house. Whatever is not its JSON is no answer: a portal's page, a proxy's error, a redirect.
import { isFault } from "./plan";

export type Heard =
  | { kind: "json"; status: number; body: unknown }
  | { kind: "fault"; status: number; code: string; says: string }
  | { kind: "away" } // nothing came back
  | { kind: "strange" } // something answered that is not the house
  | { kind: "busy" }; // the house, or what stands before it, is in trouble

export const BASE = "/app/api/";
const WORTH_PACKING = 1_000;
const PATIENCE_MS = 120_000; // only lets go of a dead connection; sending again is harmless

export async function call(path: string, options: { token?: string; method?: "GET" | "POST"; json?: unknown; bytes?: ArrayBuffer } = {}): Promise<Heard> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.token) headers.Authorization = `Bearer ${options.token}`;
  let body: BodyInit | undefined;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    const text = JSON.stringify(options.json);
    body = text;
    if (text.length > WORTH_PACKING && "CompressionStream" in globalThis) {
      headers["Content-Encoding"] = "gzip";
      body = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    }
  } else if (options.bytes) {
    headers["Content-Type"] = "application/octet-stream";
    body = options.bytes;
  }
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(BASE + path, {
      method: options.method ?? (body === undefined ? "GET" : "POST"), headers, body, cache: "no-store", credentials: "omit",
      redirect: "manual", signal: stop.signal,
    });
    if (answer.type === "opaqueredirect") return { kind: "strange" };
    const text = await answer.text();
    let told: unknown;
    try {
      told = JSON.parse(text);
    } catch {
      return { kind: answer.status >= 500 ? "busy" : "strange" };
    }
    if (isFault(told)) return { kind: "fault", status: answer.status, code: told.code, says: told.says };
    if (answer.status >= 500 || answer.status === 429) return { kind: "busy" };
    return answer.ok ? { kind: "json", status: answer.status, body: told } : { kind: "strange" };
  } catch {
    return { kind: "away" };
  } finally {
    clearTimeout(timer);
  }
}
