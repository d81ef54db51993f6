import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { BillingError } from "@/lib/errors.ts";
import type { HttpFailure } from "@/lib/http/error_responses.ts";
import type { Translate } from "@/lib/pages/translate.ts";
import type { LinkAction } from "./MessagePage.tsx";

/** An error page's content. */
export interface ErrorMessage {
  heading: string;
  text: string;
  /** The error's own message, in English like the API's. */
  details?: string;
  /** Never empty; the first is the primary action. */
  actions: LinkAction[];
}

/** The request's language, and links that depend on the request. */
interface ErrorContext {
  t: Translate;
  signInUrl: string;
  /** The requested URL; null if a retry would repeat a POST. */
  retryUrl: string | null;
}

/** A page that requires its query parameters. */
const CHANGE_PAGE = "/organization/change";

/** Returns what happened and what to do next, for every error status. */
export function errorMessageFor(
  error: unknown,
  failure: HttpFailure,
  context: ErrorContext,
): ErrorMessage {
  return messageByReason(error, context) ?? messageByStatus(failure, context);
}

function messageByReason(
  error: unknown,
  context: ErrorContext,
): ErrorMessage | null {
  const { t, signInUrl } = context;
  if (!(error instanceof BillingError)) return null;
  if (error.code === "no_stripe_customer") {
    const label = t("action.choose_plan");
    return {
      heading: t("error.no_customer.heading"),
      text: t("error.no_customer.text"),
      actions: [{ href: PLANS_HREF, label }],
    };
  }
  if (error.details.reason === "stripe_unreachable") {
    return {
      heading: t("error.stripe.heading"),
      text: t("error.stripe.text"),
      actions: retryActions(context),
    };
  }
  if (error.details.reason === "flow_refused") {
    return {
      heading: t("error.flow.heading"),
      text: t("error.flow.text"),
      details: error.message,
      actions: [organization(t)],
    };
  }
  if (error.details.reason === "organization_deleted") {
    return {
      heading: t("error.deleted.heading"),
      text: t("error.deleted.text"),
      actions: [{ href: signInUrl, label: t("no_organization.choose") }],
    };
  }
  if (error.details.reason === "other_organization") {
    return {
      heading: t("error.other_organization.heading"),
      text: t("error.other_organization.text"),
      actions: [organization(t)],
    };
  }
  if (error.details.reason === "no_organization") {
    const label = t("no_organization.choose");
    return {
      heading: t("no_organization.heading"),
      text: t("error.no_organization.text"),
      actions: [{ href: signInUrl, label }, pricing(t)],
    };
  }
  return null;
}

function messageByStatus(
  { status, message }: HttpFailure,
  context: ErrorContext,
): ErrorMessage {
  const { t, signInUrl } = context;
  switch (status) {
    case 400:
      return badRequestMessage(message, context);
    case 401:
      return {
        heading: t("signed_out.ended_heading"),
        text: t("error.401.text"),
        actions: [
          { href: signInUrl, label: t("signed_out.action") },
          pricing(t),
        ],
      };
    case 403:
      return {
        heading: t("error.403.heading"),
        text: t("error.403.text"),
        details: message,
        actions: [organization(t)],
      };
    case 404:
      return {
        heading: t("error.404.heading"),
        text: t("error.404.text"),
        actions: [organization(t), pricing(t)],
      };
    case 429:
      return {
        heading: t("error.429.heading"),
        text: t("error.429.text"),
        actions: retryActions(context),
      };
    case 503:
      return {
        heading: t("error.503.heading"),
        text: t("error.503.text"),
        actions: retryActions(context),
      };
  }
  if (status < 500) return refusalMessage(message, context);
  return {
    heading: t("error.500.heading"),
    text: t("error.500.text"),
    actions: retryActions(context),
  };
}

/** If the URL has a query, offers the same page without it. */
function badRequestMessage(
  message: string,
  context: ErrorContext,
): ErrorMessage {
  const { t, retryUrl } = context;
  const [page, query] = retryUrl?.split("?") ?? [];
  if (page === undefined || !query) return refusalMessage(message, context);
  const withoutQuery = { href: page, label: t("error.400.action") };
  return {
    heading: t("error.400.heading"),
    text: t("error.400.text"),
    details: message,
    actions: page === CHANGE_PAGE
      ? [organization(t)]
      : [withoutQuery, organization(t)],
  };
}

function refusalMessage(
  message: string,
  { t }: ErrorContext,
): ErrorMessage {
  return {
    heading: t("error.refused.heading"),
    text: t("error.refused.text"),
    details: message,
    actions: [organization(t)],
  };
}

function retryActions({ t, retryUrl }: ErrorContext): LinkAction[] {
  return retryUrl === null
    ? [organization(t)]
    : [{ href: retryUrl, label: t("action.try_again") }, organization(t)];
}

function organization(t: Translate): LinkAction {
  return { href: PLANS_HREF, label: t("action.to_organization") };
}

function pricing(t: Translate): LinkAction {
  return { href: "/pricing", label: t("action.see_plans") };
}
