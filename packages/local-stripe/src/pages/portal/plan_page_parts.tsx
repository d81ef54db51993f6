import type { PortalSession } from "./portal_session.ts";
import type { Plan } from "./plans.ts";

/** What every page about a plan shows. */
export interface Shown {
  portal: PortalSession;
  plan: Plan;
  /** What went wrong with the last try. */
  error: string | null;
}

/** Where the way out leads: in a deep link there is no portal behind the page. */
export function wayOut({ base, session }: PortalSession): string {
  return session.flow === null ? base : session.return_url ?? base;
}

/** What went wrong, in words. */
export function Failure({ error }: { error: string | null }) {
  return error === null ? null : <p class="form-error" role="alert">{error}</p>;
}
