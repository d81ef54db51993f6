import type Stripe from "stripe";
import { nulls } from "../store/objects.ts";
import { fields, nullable, text } from "./params.ts";

const part = nullable(text(500));

/** An address. An empty part unsets the part, an empty address unsets all of it. */
export const address = nullable(fields({
  city: part,
  country: nullable(text(2, /^[A-Za-z]{2}$/)),
  line1: part,
  line2: part,
  postal_code: part,
  state: part,
}));

type AddressChange = ReturnType<typeof address.read>;

/** Applies a change of an address. Parts that are not given keep their values. */
export function mergeAddress(
  before: Stripe.Address | null,
  change: AddressChange | undefined,
): Stripe.Address | null {
  if (change === undefined) return before;
  if (change === null) return null;
  return {
    ...nulls("city", "country", "line1", "line2", "postal_code", "state"),
    ...before,
    ...change,
    ...(change.country && { country: change.country.toUpperCase() }),
  };
}
