import { BillingError } from "./errors.ts";

/** The most that an API call or a form may send. */
export const BODY_LIMIT_BYTES = 64 * 1024;

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
  requireType(request, "application/x-www-form-urlencoded");
  return new URLSearchParams(await readText(request));
}

function requireType(request: Request, expected: string): void {
  const [type = ""] = (request.headers.get("Content-Type") ?? "").split(";");
  if (type.trim().toLowerCase() === expected) return;
  throw new BillingError(
    "unsupported_media_type",
    `Send the body as ${expected}`,
  );
}

/** Counts what really arrives: a length may be wrong, or not be there. */
async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  if (declared > BODY_LIMIT_BYTES) throw tooLarge();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_LIMIT_BYTES) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): BillingError {
  return new BillingError(
    "payload_too_large",
    `The body is over ${BODY_LIMIT_BYTES / 1024} KiB`,
  );
}
