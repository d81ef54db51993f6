import { useEffect, useState } from "preact/hooks";

const FIRST_LOOK_MS = 2_000;
const LONGEST_MS = 60_000;
const ANSWER_MS = 15_000;
/** Most of a day; then it is looked for by hand. */
const MAX_LOOKS = 1_000;

/**
 * Watches for payments that are on their way, ever less often and only while
 * the page is seen. When one has arrived, or failed, the page is shown anew,
 * which then says so.
 */
export default function WatchPayment({ sessionIds }: {
  /** Checkout sessions, `cs_…`. */
  sessionIds: string[];
}) {
  const [watching, setWatching] = useState(false);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitMs = FIRST_LOOK_MS;
    let looks = 0;

    async function look() {
      const onTheirWay = await askForThose();
      const answered = sessionIds.find((id) =>
        onTheirWay !== null && !onTheirWay.includes(id)
      );
      if (answered !== undefined) {
        location.replace(`/account?checkout=${encodeURIComponent(answered)}`);
        return;
      }
      looks += 1;
      setWatching(onTheirWay !== null && looks < MAX_LOOKS);
      waitMs = Math.min(waitMs * 1.5, LONGEST_MS);
      wait();
    }

    function wait() {
      clearTimeout(timer);
      if (document.visibilityState === "hidden" || looks >= MAX_LOOKS) return;
      timer = setTimeout(look, waitMs);
    }

    /** Whoever turns to the page again wants to see it soon. */
    function turn() {
      waitMs = FIRST_LOOK_MS;
      wait();
    }

    setWatching(true);
    wait();
    document.addEventListener("visibilitychange", turn);
    return () => {
      looks = MAX_LOOKS;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", turn);
    };
  }, []);

  return watching
    ? "This page shows it as soon as it has come."
    : "Come back to this page to see whether it has come.";
}

/** The sessions whose payment is on its way; null where it cannot be told. */
async function askForThose(): Promise<string[] | null> {
  try {
    const response = await fetch("/account/awaited", {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return response.ok ? (await response.json()).on_their_way : null;
  } catch {
    return null; // looked for again, as after any other failure
  }
}
