import { apiRoute } from "@/lib/http/api_route.ts";
import { BillingError } from "@/lib/errors.ts";

const nothing = () => {
  throw new BillingError("not_found", "There is no such endpoint");
};

/** A file's own path would leave out addresses with a slash at their end. */
export const config = { routeOverride: "/api{/*}?" };

/** Whatever no other file below `/api` answers, in JSON like the rest. */
export const handler = apiRoute({
  GET: nothing,
  POST: nothing,
  PUT: nothing,
  PATCH: nothing,
  DELETE: nothing,
});
