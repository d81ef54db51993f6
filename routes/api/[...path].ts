import { publicApiRoute } from "@/lib/http/public_route.ts";
import { BillingError } from "@/lib/errors.ts";

const notFound = () => {
  throw new BillingError("not_found", "Endpoint not found");
};

/** The pattern of the file name would not match a trailing slash. */
export const config = { routeOverride: "/api{/*}?" };

/** Any other path below `/api`. */
export const handler = publicApiRoute({
  GET: notFound,
  POST: notFound,
  PUT: notFound,
  PATCH: notFound,
  DELETE: notFound,
}, { rateLimit: "address" });
