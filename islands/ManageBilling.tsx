import { useEffect, useRef, useState } from "preact/hooks";

/** What went wrong, in words, and where it goes on. */
interface Failure {
  words: string;
  way?: { href: string; label: string };
}

/** Longer than Stripe takes on a bad day. */
const PATIENCE_MS = 15_000;

/**
 * Manage Billing: a link that works by itself. With script it asks for the
 * portal's address first, so that waiting shows and a failure is told here.
 */
export default function ManageBilling(
  { href, signInHref }: { href: string; signInHref: string },
) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const asking = useRef(false); // at once, unlike state: a double click

  function settle(result: Failure | null) {
    asking.current = false;
    setPending(false);
    setFailure(result);
  }

  useEffect(() => {
    const restore = (event: PageTransitionEvent) => {
      if (event.persisted) settle(null); // Back, from the browser's cache
    };
    addEventListener("pageshow", restore);
    return () => removeEventListener("pageshow", restore);
  }, []);

  async function open(event: MouseEvent) {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    if (asking.current) return;
    asking.current = true;
    setPending(true);
    setFailure(null);
    const answer = await askForPortal(signInHref);
    if (typeof answer !== "string") return settle(answer);
    location.href = answer;
    // Stays pending, as the page is about to be left; unless that is stopped.
    setTimeout(() => settle(null), PATIENCE_MS);
  }

  return (
    <div class="manage">
      <a
        class="button"
        href={href}
        onClick={open}
        aria-busy={pending ? "true" : "false"}
      >
        Manage Billing
      </a>
      <p class={failure ? "note note--alert" : "note"} role="status">
        {pending && "Opening Stripe…"}
        {failure?.words}
        {failure?.way && <a href={failure.way.href}>{failure.way.label}</a>}
      </p>
    </div>
  );
}

/** A new tab, window or download follows the link. */
function opensElsewhere(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey ||
    event.shiftKey || event.altKey;
}

/** The portal's address, or why there is none. */
async function askForPortal(signInHref: string): Promise<string | Failure> {
  try {
    const response = await fetch("/api/v1/account/billing-portal", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { url } = response.ok ? await response.json() : { url: null };
    return typeof url === "string" ? url : explain(response, signInHref);
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    return {
      words: late
        ? "Stripe takes too long to answer. Try again in a moment."
        : "The server could not be reached. Check your connection, then try again.",
    };
  }
}

function explain({ status, headers }: Response, signInHref: string): Failure {
  if (status === 401) {
    return {
      words: "Your session has ended. ",
      way: { href: signInHref, label: "Sign in again" },
    };
  }
  if (status === 403) {
    return { words: "Your role may not manage billing. Ask an admin." };
  }
  if (status === 400) {
    return {
      words: "There is nothing to manage yet. ",
      way: { href: "/organization#/plans", label: "Choose a plan" },
    };
  }
  if (status === 429 || status === 503) {
    const seconds = headers.get("Retry-After") ?? "a few";
    return { words: `Too busy right now. Try again in ${seconds} seconds.` };
  }
  return {
    words: "Billing could not be opened. Try again; if it stays, report " +
      (headers.get("X-Request-Id") ?? "it."),
  };
}
