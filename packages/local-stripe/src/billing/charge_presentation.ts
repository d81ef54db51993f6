import type { ApiCharge } from "../api/api_types.ts";
import type { Context } from "../context.ts";

/** A charge as the API shows it. Its receipt's URL depends on the server and is never stored. */
export function presentCharge(
  { pagesUrl }: Context,
  { object }: { object: ApiCharge },
): ApiCharge {
  const receipt = object.paid ? `${pagesUrl}/p/receipt/${object.id}` : null;
  return { ...object, receipt_url: receipt };
}
