import type Stripe from "stripe";
import { fields, nullable, text } from "./params.ts";

const part = nullable(text(500));

/** An address; an empty part unsets that part, an empty address all of it. */
export const address = nullable(fields({
  city: part,
  country: nullable(text(2, /^[A-Za-z]{2}$/)),
  line1: part,
  line2: part,
  postal_code: part,
  state: part,
}));

type AddressChange = ReturnType<typeof address.read>;

/** The address after a change: parts that are not named stay. */
export function mergeAddress(
  before: Stripe.Address | null,
  change: AddressChange | undefined,
): Stripe.Address | null {
  if (change === undefined) return before;
  if (change === null) return null;
  const empty = {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  };
  return {
    ...empty,
    ...before,
    ...change,
    ...(change.country && { country: change.country.toUpperCase() }),
  };
}
