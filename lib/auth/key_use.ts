import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import type { Services } from "@/lib/services.ts";

/** The kinds of keys, as the log names them. */
type KeyKind = "API key" | "service key";

/** Why a key was refused. Logged, never sent to the caller. */
export type KeyRefusal = "malformed" | "unknown" | "expired";

/** Logs why a key is refused, and returns the error for the caller. */
export function refuseKey(
  log: Log,
  kind: KeyKind,
  reason: KeyRefusal,
): BillingError {
  log.debug(`${kind} refused`, { reason });
  return new BillingError("unauthorized", "Authentication required");
}

/** The precision of `lastUsedAtMs`: a key's uses cost one write a minute. */
const RECORD_EVERY_MS = 60_000;

/**
 * Records a key's use, unless one was recorded within the last minute. Runs in
 * the background so that it doesn't delay the response.
 */
export function recordKeyUse(
  { background, now }: Pick<Services, "background" | "now">,
  { kind, id, lastUsedAtMs }: {
    kind: KeyKind;
    id: string;
    lastUsedAtMs: number | null;
  },
  record: (usedAtMs: number) => Promise<void>,
): void {
  const usedAtMs = now();
  const isRecent = lastUsedAtMs !== null &&
    usedAtMs - lastUsedAtMs < RECORD_EVERY_MS;
  if (isRecent) return;
  background.run(
    `recording the use of ${kind} ${id}`,
    () => record(usedAtMs),
  );
}
