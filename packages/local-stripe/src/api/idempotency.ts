import type { Context } from "../context.ts";
import { ApiError, invalidRequest } from "./errors.ts";
import { sha256 } from "../store/ids.ts";

/** An answer as it is kept: the JSON text and who gave it. */
export interface Answer {
  status: number;
  body: string;
  requestId: string;
}

interface Claim {
  fingerprint: string;
  /** `null` while the first request is at work. */
  done: { status: number; requestId: string; parts: number } | null;
  /** By this machine's clock: a claim outlives neither a crash nor a test's clock. */
  claimedMs: number;
  expiresMs: number;
}

const KEPT_MS = 24 * 3_600_000;
const ABANDONED_MS = 60_000;
const PART_BYTES = 60_000;
const MAX_KEY = 255;

/**
 * Runs a POST once for each key: the first answer is kept for 24 hours, whatever its status, and
 * given again. `null` from `run` means that nothing began, so that nothing is kept.
 *
 * @param request `fingerprint` is everything that makes two requests the same one.
 * @throws {ApiError} 400 `idempotency_error` for a key used with something else; 409 while the
 * first request is at work.
 */
export async function once(
  context: Context,
  request: { key: string; fingerprint: string },
  run: () => Promise<{ answer: Answer; keep: boolean }>,
): Promise<{ answer: Answer; replayed: boolean }> {
  if (request.key === "" || request.key.length > MAX_KEY) {
    throw invalidRequest(`Idempotency keys have 1 to ${MAX_KEY} characters.`);
  }
  const digest = await sha256(request.key);
  const earlier = await claim(
    context,
    digest,
    await sha256(request.fingerprint),
  );
  if (earlier !== null) {
    return {
      answer: await readAnswer(context, digest, earlier),
      replayed: true,
    };
  }
  const { answer, keep } = await run();
  await (keep ? keepAnswer(context, digest, answer) : release(context, digest));
  return { answer, replayed: false };
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
    writes.set(
      entry,
      {
        fingerprint,
        done: null,
        claimedMs: Date.now(),
        expiresMs,
      } satisfies Claim,
      2 * KEPT_MS,
    );
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
      writes.put(
        ["idempotency_part", digest, answer.requestId, String(part)],
        slice,
        2 * KEPT_MS,
      );
    }
  });
}

async function readAnswer(
  context: Context,
  digest: string,
  done: NonNullable<Claim["done"]>,
): Promise<Answer> {
  const numbers = Array.from({ length: done.parts }, (_, part) => String(part));
  const parts = await Promise.all(
    numbers.map((part) =>
      context.store.read<Uint8Array<ArrayBuffer>>([
        "idempotency_part",
        digest,
        done.requestId,
        part,
      ])
    ),
  );
  const body = await new Blob(
    parts.map(({ value }) => value ?? new Uint8Array()),
  ).text();
  return { status: done.status, requestId: done.requestId, body };
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
