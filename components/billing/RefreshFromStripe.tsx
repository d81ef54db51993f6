/** The pages from which Stripe is asked by hand. */
export type CheckedPage = "account" | "organization";

/** Asks Stripe by hand, also without script, and comes back to the page. */
export function RefreshFromStripe({ page }: { page: CheckedPage }) {
  return (
    <form method="post" action="/organization/check">
      <input type="hidden" name="page" value={page} />
      <button class="quiet" type="submit">Check again with Stripe</button>
    </form>
  );
}
