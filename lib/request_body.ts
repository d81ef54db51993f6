import { BillingError } from "./errors.ts";

/** The most that an API call or a form may send. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** The most that an event of Stripe's may be. */
export const EVENT_LIMIT_BYTES = 1024 * 1024;

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

/**
 * A body as it was sent, of any type. What really arrives is counted: a
 * length may be wrong, or not be there.
 *
 * @throws {BillingError} `payload_too_large`.
 */
export async function readText(
  request: Request,
  limitBytes = BODY_LIMIT_BYTES,
): Promise<string> {
  const declared = request.headers.get("Content-Length");
  if (declared === null) return await readCounting(request, limitBytes);
  if (Number(declared) > limitBytes) throw tooLarge(limitBytes);
  // In one piece, which costs less: the server reads no more than declared.
  const bytes = await request.bytes();
  if (bytes.byteLength > limitBytes) throw tooLarge(limitBytes);
  return decoder().decode(bytes);
}

async function readCounting(
  { body }: Request,
  limitBytes: number,
): Promise<string> {
  const pieces = decoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    text += pieces.decode(chunk, { stream: true });
  }
  return text + pieces.decode();
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
