import { BillingError } from "@/lib/errors.ts";

/** The most that an API call or a form may send. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** The most that an event of Stripe's may be. */
export const EVENT_LIMIT_BYTES = 1024 * 1024;

/**
 * How long a body may take to arrive, after which its buffer is freed.
 *
 * `Deno.serve` itself has no deadline: not for headers, not for idle
 * connections, and it keeps the connection open after the 408. A reverse proxy
 * has to close those (README, "Behind a proxy").
 */
export const BODY_TIMEOUT_MS = 15_000;

/**
 * The JSON object that a request carries.
 *
 * @returns What was sent, or `{}` where nothing was.
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
 * The fields of a form as a browser posts one without files.
 *
 * @throws {BillingError} `unsupported_media_type` or `payload_too_large`.
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  requireType(request, FORM);
  return new URLSearchParams(await readText(request));
}

const FORM = "application/x-www-form-urlencoded";

/** Whether a request carries what a form of a page posts. */
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

/** Bytes that all bodies of one kind may hold at a time. */
export class ByteBudget {
  #heldBytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** The share of one request; disposed of once its body is not needed. */
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
  /** Holds the bytes as they arrive; a declared length may be made up. */
  share?: BudgetShare;
}

/**
 * A body as it was sent, of any type. What really arrives is counted: a
 * length may be wrong, or not be there.
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
    giveUp(reader);
  }, timeoutMs);
  try {
    const text = await readCounting(reader, limitBytes, options.share);
    if (isLate) throw tooSlow(timeoutMs);
    return text;
  } catch (error) {
    giveUp(reader);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a read under way and frees what has arrived. */
function giveUp(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  // A stream that failed has thrown this same error from `read()`.
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

/** A mark of byte order is part of what may have been signed. */
function decoder(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function tooLarge(limitBytes: number): BillingError {
  return new BillingError(
    "payload_too_large",
    `The body is over ${limitBytes / 1024} KiB`,
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
