import { useEffect, useState } from "preact/hooks";

const INITIAL_DELAY_MS = 2_000;
const MAX_DELAY_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** About 16 hours of polling. */
const MAX_POLLS = 1_000;

/**
 * Polls for pending payments, with increasing delays and only while the page
 * is visible. Once a payment succeeds or fails, the page reloads to show it.
 */
export default function WatchPayment({ sessionIds, text }: {
  /** Checkout sessions, `cs_…`. */
  sessionIds: string[];
  text: { watching: string; stopped: string };
}) {
  const [watching, setWatching] = useState(false);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let delayMs = INITIAL_DELAY_MS;
    let polls = 0;

    async function poll() {
      const pending = await fetchPendingSessions();
      const settled = sessionIds.find((id) =>
        pending !== null && !pending.includes(id)
      );
      if (settled !== undefined) {
        location.replace(
          `${location.pathname}?checkout=${encodeURIComponent(settled)}`,
        );
        return;
      }
      polls += 1;
      setWatching(pending !== null && polls < MAX_POLLS);
      delayMs = Math.min(delayMs * 1.5, MAX_DELAY_MS);
      schedule();
    }

    function schedule() {
      clearTimeout(timer);
      if (document.visibilityState === "hidden" || polls >= MAX_POLLS) return;
      timer = setTimeout(poll, delayMs);
    }

    /** Polls soon after the visitor returns to the page. */
    function restart() {
      delayMs = INITIAL_DELAY_MS;
      schedule();
    }

    setWatching(true);
    schedule();
    document.addEventListener("visibilitychange", restart);
    return () => {
      polls = MAX_POLLS; // a poll in flight must not schedule another
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", restart);
    };
  }, []);

  return watching ? text.watching : text.stopped;
}

/** Returns the sessions with a pending payment; null if the request failed. */
async function fetchPendingSessions(): Promise<string[] | null> {
  try {
    const response = await fetch("/account/awaited", {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return response.ok ? (await response.json()).on_their_way : null;
  } catch {
    return null; // the next poll tries again
  }
}
