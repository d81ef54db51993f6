import { BillingError } from "@/lib/errors.ts";
import type { HttpFailure } from "@/lib/http/error_responses.ts";
import type { Way } from "./MessagePage.tsx";

/** A failure as a person is told it. */
export interface ErrorWords {
  heading: string;
  text: string;
  /** The likeliest first; never empty. */
  ways: Way[];
}

/** Where the ways on of an error lead, as far as the request decides it. */
export interface WaysOn {
  signInUrl: string;
  /** The same address again; null where asking again would repeat a POST. */
  retryUrl: string | null;
}

/** It is about what its query says, and nothing without. */
const CHANGE_PAGE = "/organization/change";

const ORGANIZATION: Way = {
  href: "/organization#/plans",
  label: "Go to your organization",
};
const PLANS: Way = { href: "/organization#/plans", label: "Choose a plan" };
const PRICING: Way = { href: "/pricing", label: "See the plans" };

/** The contract's own words for a principal without one. */
const NO_ORGANIZATION = "Organization ID is required";

/** Says what happened and what to do next, for every status that we answer. */
export function wordsFor(
  error: unknown,
  { status, message }: HttpFailure,
  { signInUrl, retryUrl }: WaysOn,
): ErrorWords {
  if (error instanceof BillingError && error.code === "no_stripe_customer") {
    return {
      heading: "There is nothing to manage yet",
      text: "Your organization has never paid for anything, so Stripe keeps " +
        "no card and no invoice for it. That begins with its first plan.",
      ways: [PLANS],
    };
  }
  if (message === NO_ORGANIZATION) {
    return {
      heading: "Choose an organization first",
      text: "Billing belongs to an organization, and you are signed in " +
        "without one.",
      ways: [{ href: signInUrl, label: "Choose an organization" }, PRICING],
    };
  }
  if (status === 401) {
    return {
      heading: "Your session has ended",
      text: "Sign in, and you are back at your organization. Nothing is lost.",
      ways: [{ href: signInUrl, label: "Sign in" }, PRICING],
    };
  }
  if (status === 403) {
    return {
      heading: "This is not yours to do",
      text: `${message}. Where it should be, an admin of your organization ` +
        "can help.",
      ways: [ORGANIZATION],
    };
  }
  if (status === 404) {
    return {
      heading: "There is no such page",
      text: "The address may be mistyped, or what was here has moved.",
      ways: [ORGANIZATION, PRICING],
    };
  }
  if (status === 429) {
    return {
      heading: "Too many at a time",
      text: `${message}. Wait a minute, then try again; nothing was changed.`,
      ways: retryUrl === null
        ? [ORGANIZATION]
        : [{ href: retryUrl, label: "Try again" }, ORGANIZATION],
    };
  }
  if (status >= 500) return troubleWords(status, retryUrl);
  const [page, query] = retryUrl?.split("?") ?? [];
  if (status === 400 && page !== undefined && query) {
    const without = { href: page, label: "Open it without that" };
    return {
      heading: "This address does not work",
      text: "Something after its question mark is mistyped or out of date. " +
        `${message}.`,
      ways: page === CHANGE_PAGE ? [ORGANIZATION] : [without, ORGANIZATION],
    };
  }
  return {
    heading: "That did not work as asked",
    text: `${message}.`,
    ways: [ORGANIZATION],
  };
}

function troubleWords(status: number, retryUrl: string | null): ErrorWords {
  const ways = retryUrl === null
    ? [ORGANIZATION]
    : [{ href: retryUrl, label: "Try again" }, ORGANIZATION];
  return status === 503
    ? {
      heading: "Back in a moment",
      text: "Something that this page needs cannot be reached just now. " +
        "Nothing was changed; wait a few seconds and try again.",
      ways,
    }
    : {
      heading: "That went wrong on our side",
      text: "It is written down for the operator. Try again in a moment; if " +
        "it stays, report the number below.",
      ways,
    };
}
