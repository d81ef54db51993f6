import { BillingError } from "@/lib/errors.ts";

/** Returns a new request id, `req_…`. */
export function createRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Limit of an API call's or a form's body. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Limit of a webhook event's body. */
export const EVENT_LIMIT_BYTES = 1024 * 1024;

/**
 * Time for a body to arrive, after which its buffer is freed.
 *
 * `Deno.serve` has no timeout for headers or idle connections, and keeps the
 * connection open after the 408. A reverse proxy has to close those
 * (docs/operations.md, "Behind a reverse proxy").
 */
const BODY_TIMEOUT_MS = 15_000;

/**
 * Reads a JSON object from the body of a request.
 *
 * @returns The object; `{}` for an empty body.
 * @throws {BillingError} `unsupported_media_type`, `payload_too_large`, or
 * `validation_error` for text that is not a JSON object.
 */
export async function readJson(request: Request): Promise<object> {
  if (request.body === null) return {};
  const text = await readText(request);
  if (text === "") return {};
  requireType(request, "application/json");
  const value = parseJson(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value;
  }
  throw new BillingError("validation_error", "The body is not a JSON object");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BillingError("validation_error", "The body is not valid JSON", {
      cause,
    });
  }
}

/**
 * Reads the fields of a URL-encoded form.
 *
 * @throws {BillingError} `unsupported_media_type` or `payload_too_large`.
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  requireType(request, FORM);
  return new URLSearchParams(await readText(request));
}

const FORM = "application/x-www-form-urlencoded";

/** Reports whether a request has a URL-encoded form as its body. */
export function isForm(request: Request): boolean {
  return typeOf(request) === FORM;
}

function requireType(request: Request, expected: string): void {
  if (typeOf(request) === expected) return;
  throw new BillingError(
    "unsupported_media_type",
    `Send the body as ${expected}`,
  );
}

function typeOf(request: Request): string {
  const [type = ""] = (request.headers.get("Content-Type") ?? "").split(";");
  return type.trim().toLowerCase();
}

/** Bounds the total bytes of bodies in memory. */
export class ByteBudget {
  #heldBytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** Returns one request's share; dispose it when the body is processed. */
  share(): BudgetShare {
    let shareBytes = 0;
    return {
      add: (bytes) => {
        if (this.#heldBytes + bytes > this.limitBytes) throw overBudget();
        this.#heldBytes += bytes;
        shareBytes += bytes;
      },
      [Symbol.dispose]: () => {
        this.#heldBytes -= shareBytes;
        shareBytes = 0;
      },
    };
  }
}

export interface BudgetShare extends Disposable {
  /** @throws {BillingError} `unavailable` beyond the budget. */
  add(bytes: number): void;
}

export interface ReadOptions {
  limitBytes?: number;
  timeoutMs?: number;
  /** Counts the bytes as they arrive, as a declared length may be false. */
  share?: BudgetShare;
}

/**
 * Reads a body of any type as text. Limits apply to the bytes that arrive, as
 * the declared length may be wrong or missing.
 *
 * @throws {BillingError} `payload_too_large`, `request_timeout`, or
 * `unavailable` beyond the budget of a share.
 */
export async function readText(
  request: Request,
  options: ReadOptions = {},
): Promise<string> {
  const { limitBytes = BODY_LIMIT_BYTES, timeoutMs = BODY_TIMEOUT_MS } =
    options;
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const reader = request.body?.getReader();
  if (reader === undefined) return "";
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cancel(reader);
  }, timeoutMs);
  try {
    const text = await readCounting(reader, limitBytes, options.share);
    if (isLate) throw tooSlow(timeoutMs);
    return text;
  } catch (error) {
    cancel(reader);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the pending read and frees the buffer. */
function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  // If the stream failed, `read()` has thrown the same error.
  reader.cancel().catch(() => {});
}

async function readCounting(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitBytes: number,
  share?: BudgetShare,
): Promise<string> {
  const pieces = decoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + pieces.decode();
    bytes += value.byteLength;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    share?.add(value.byteLength);
    text += pieces.decode(value, { stream: true });
  }
}

/** Keeps a byte order mark, as the signature of an event covers it. */
function decoder(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function tooLarge(limitBytes: number): BillingError {
  return new BillingError(
    "payload_too_large",
    `The body exceeds ${limitBytes / 1024} KiB`,
  );
}

function tooSlow(timeoutMs: number): BillingError {
  return new BillingError(
    "request_timeout",
    `The body did not arrive within ${timeoutMs / 1000} seconds`,
  );
}

function overBudget(): BillingError {
  return new BillingError("unavailable", "Too many requests in flight", {
    retryAfterSec: 5,
  });
}
