import { BillingError } from "@/lib/errors.ts";
import type { HttpFailure } from "@/lib/http/error_responses.ts";
import type { LinkAction } from "./MessagePage.tsx";

/** An error page's content. */
export interface ErrorMessage {
  heading: string;
  text: string;
  /** Never empty; the first is the primary action. */
  actions: LinkAction[];
}

/** Links that depend on the request. */
interface ErrorLinks {
  signInUrl: string;
  /** The requested URL; null if a retry would repeat a POST. */
  retryUrl: string | null;
}

/** A page that requires its query parameters. */
const CHANGE_PAGE = "/organization/change";

const ORGANIZATION: LinkAction = {
  href: "/organization#/plans",
  label: "Go to your organization",
};
const PLANS: LinkAction = {
  href: "/organization#/plans",
  label: "Choose a plan",
};
const PRICING: LinkAction = { href: "/pricing", label: "See the plans" };

/** Returns what happened and what to do next, for every error status. */
export function errorMessageFor(
  error: unknown,
  failure: HttpFailure,
  links: ErrorLinks,
): ErrorMessage {
  return messageByReason(error, links) ?? messageByStatus(failure, links);
}

function messageByReason(
  error: unknown,
  { signInUrl }: ErrorLinks,
): ErrorMessage | null {
  if (!(error instanceof BillingError)) return null;
  if (error.code === "no_stripe_customer") {
    return {
      heading: "There is nothing to manage yet",
      text: "Your organization has never paid for anything, so Stripe keeps " +
        "no card and no invoice for it. That begins with its first plan.",
      actions: [PLANS],
    };
  }
  if (error.details.reason === "no_organization") {
    return {
      heading: "Choose an organization first",
      text: "Billing belongs to an organization, and you are signed in " +
        "without one.",
      actions: [{ href: signInUrl, label: "Choose an organization" }, PRICING],
    };
  }
  return null;
}

function messageByStatus(
  { status, message }: HttpFailure,
  { signInUrl, retryUrl }: ErrorLinks,
): ErrorMessage {
  switch (status) {
    case 400:
      return badRequestMessage(message, retryUrl);
    case 401:
      return {
        heading: "Your session has ended",
        text:
          "Sign in, and you are back at your organization. Nothing is lost.",
        actions: [{ href: signInUrl, label: "Sign in" }, PRICING],
      };
    case 403:
      return {
        heading: "This is not yours to do",
        text: `${message}. Where it should be, an admin of your organization ` +
          "can help.",
        actions: [ORGANIZATION],
      };
    case 404:
      return {
        heading: "There is no such page",
        text: "The address may be mistyped, or what was here has moved.",
        actions: [ORGANIZATION, PRICING],
      };
    case 429:
      return {
        heading: "Too many at a time",
        text: `${message}. Wait a minute, then try again; nothing was changed.`,
        actions: retryActions(retryUrl),
      };
    case 503:
      return {
        heading: "Back in a moment",
        text: "Something that this page needs cannot be reached just now. " +
          "Nothing was changed; wait a few seconds and try again.",
        actions: retryActions(retryUrl),
      };
  }
  if (status < 500) return refusalMessage(message);
  return {
    heading: "That went wrong on our side",
    text: "It is written down for the operator. Try again in a moment; if " +
      "it stays, report the number below.",
    actions: retryActions(retryUrl),
  };
}

/** If the URL has a query, offers the same page without it. */
function badRequestMessage(
  message: string,
  retryUrl: string | null,
): ErrorMessage {
  const [page, query] = retryUrl?.split("?") ?? [];
  if (page === undefined || !query) return refusalMessage(message);
  const withoutQuery = { href: page, label: "Open it without that" };
  return {
    heading: "This address does not work",
    text: "Something after its question mark is mistyped or out of date. " +
      `${message}.`,
    actions: page === CHANGE_PAGE
      ? [ORGANIZATION]
      : [withoutQuery, ORGANIZATION],
  };
}

function refusalMessage(message: string): ErrorMessage {
  return {
    heading: "That did not work as asked",
    text: `${message}.`,
    actions: [ORGANIZATION],
  };
}

function retryActions(retryUrl: string | null): LinkAction[] {
  return retryUrl === null
    ? [ORGANIZATION]
    : [{ href: retryUrl, label: "Try again" }, ORGANIZATION];
}
