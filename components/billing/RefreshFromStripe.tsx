import { translator } from "@/lib/pages/translate.ts";

/** Pages with a refresh button. */
export type RefreshablePage = "account" | "organization" | "usage";

/** A form that syncs billing data from Stripe and returns to `page`. */
export function RefreshFromStripe(
  { page, locale }: { page: RefreshablePage; locale: string },
) {
  return (
    <form method="post" action="/organization/check">
      <input type="hidden" name="page" value={page} />
      <button class="quiet" type="submit">
        {translator(locale)("action.refresh")}
      </button>
    </form>
  );
}
