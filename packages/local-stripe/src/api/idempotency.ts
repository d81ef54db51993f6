import type { Context } from "../context.ts";
import { ApiError, invalidRequest } from "./errors.ts";
import { sha256 } from "../store/ids.ts";

/** A stored response: its JSON text and the id of the original request. */
export interface Answer {
  status: number;
  body: string;
  requestId: string;
}

interface Claim {
  fingerprint: string;
  /** `null` while the first request is running. */
  done: { status: number; requestId: string; parts: number } | null;
  /** By the system clock, so a test clock cannot keep the claim of a crashed request alive. */
  claimedMs: number;
  expiresMs: number;
}

const KEPT_MS = 24 * 3_600_000;
const ABANDONED_MS = 60_000;
const PART_BYTES = 60_000;
const MAX_KEY = 255;

/**
 * Runs a POST once per idempotency key. The first response is stored for 24 hours, whatever its
 * status, and replayed. An error thrown by `run` frees the key.
 *
 * @param request `fingerprint` identifies the method, path and parameters.
 * @throws {ApiError} 400 `idempotency_error` for a key that was used with another request; 409
 * while the first request is running.
 */
export async function once(
  context: Context,
  request: { key: string; fingerprint: string },
  run: () => Promise<Answer>,
): Promise<{ answer: Answer; replayed: boolean }> {
  if (request.key === "" || request.key.length > MAX_KEY) {
    throw invalidRequest(`Idempotency keys have 1 to ${MAX_KEY} characters.`);
  }
  const digest = await sha256(request.key);
  const fingerprint = await sha256(request.fingerprint);
  const earlier = await claim(context, digest, fingerprint);
  if (earlier !== null) {
    const answer = await readAnswer(context, digest, earlier);
    return { answer, replayed: true };
  }
  try {
    const answer = await run();
    await keepAnswer(context, digest, answer);
    return { answer, replayed: false };
  } catch (error) {
    await release(context, digest);
    throw error;
  }
}

async function claim(
  context: Context,
  digest: string,
  fingerprint: string,
): Promise<Claim["done"]> {
  return await context.store.untilWritten(async (writes) => {
    const entry = await context.store.read<Claim>(["idempotency", digest]);
    const found = entry.value;
    const current = found !== null && found.expiresMs > context.now()
      ? found
      : null;
    if (current !== null && current.fingerprint !== fingerprint) {
      throw otherParameters();
    }
    if (current?.done) return current.done;
    if (current !== null && Date.now() - current.claimedMs < ABANDONED_MS) {
      throw inUse();
    }
    const expiresMs = context.now() + KEPT_MS;
    const claimedMs = Date.now();
    const made: Claim = { fingerprint, done: null, claimedMs, expiresMs };
    writes.set(entry, made, 2 * KEPT_MS);
    return null;
  });
}

async function keepAnswer(
  context: Context,
  digest: string,
  answer: Answer,
): Promise<void> {
  const bytes = new TextEncoder().encode(answer.body);
  const parts = Math.ceil(bytes.length / PART_BYTES);
  await context.store.untilWritten(async (writes) => {
    const entry = await context.store.read<Claim>(["idempotency", digest]);
    if (entry.value === null) return;
    const done = { status: answer.status, requestId: answer.requestId, parts };
    writes.set(entry, { ...entry.value, done } satisfies Claim, 2 * KEPT_MS);
    for (let part = 0; part < parts; part++) {
      const slice = bytes.slice(part * PART_BYTES, (part + 1) * PART_BYTES);
      writes.put(partKey(digest, done, part), slice, 2 * KEPT_MS);
    }
  });
}

async function readAnswer(
  context: Context,
  digest: string,
  done: NonNullable<Claim["done"]>,
): Promise<Answer> {
  const parts = await Promise.all(
    Array.from(
      { length: done.parts },
      (_, part) =>
        context.store.read<Uint8Array<ArrayBuffer>>(
          partKey(digest, done, part),
        ),
    ),
  );
  const decoder = new TextDecoder();
  const body = parts.map(({ value }) =>
    decoder.decode(value ?? new Uint8Array(), { stream: true })
  ).join("");
  return { status: done.status, requestId: done.requestId, body };
}

function partKey(
  digest: string,
  { requestId }: { requestId: string },
  part: number,
): string[] {
  return ["idempotency_part", digest, requestId, String(part)];
}

async function release(context: Context, digest: string): Promise<void> {
  await context.store.untilWritten(async (writes) => {
    writes.delete(await context.store.read(["idempotency", digest]));
  });
}

function otherParameters(): ApiError {
  return new ApiError(400, {
    type: "idempotency_error",
    message:
      "Keys for idempotent requests can only be used with the same parameters they were first " +
      "used with. Try using a key other than the first one.",
  });
}

function inUse(): ApiError {
  return new ApiError(409, {
    type: "idempotency_error",
    code: "idempotency_key_in_use",
    message:
      "There is currently another in-progress request using this idempotency key. Try again later.",
  });
}
