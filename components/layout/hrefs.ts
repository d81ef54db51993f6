// Islands import this module, so it must not import the server's code.

/** The plans of the organization. */
export const PLANS_HREF = "/organization#/plans";

/** Opens Checkout. */
export const CHECKOUT_PATH = "/api/v1/operations/payment/checkout";
