import type { RedirectFailure } from "./use_stripe_redirect.ts";

/** The pending or error message next to a button that opens Stripe. */
export function RedirectStatus({ pending, failure }: {
  /** False while no request is pending. */
  pending: string | false;
  failure: RedirectFailure | null;
}) {
  return (
    <p class={failure ? "note note--alert" : "note"} role="status">
      {pending}
      {failure?.message}
      {failure?.link && <a href={failure.link.href}>{failure.link.label}</a>}
    </p>
  );
}
