import type { HttpFailure } from "./use_stripe_redirect.ts";

/** What an island says beside its button: that it waits, or what failed. */
export function RedirectStatus({ pending, failure }: {
  pending: boolean;
  failure: HttpFailure | null;
}) {
  return (
    <p class={failure ? "note note--alert" : "note"} role="status">
      {pending && "Opening Stripe…"}
      {failure?.words}
      {failure?.way && <a href={failure.way.href}>{failure.way.label}</a>}
    </p>
  );
}
