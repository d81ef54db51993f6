import type { ComponentChildren } from "preact";
import {
  type LinkAction,
  LinkActions,
} from "@/components/layout/MessagePage.tsx";
import { Day } from "@/components/layout/Time.tsx";
import {
  type BillingAlert as Alert,
  billingAlert,
} from "@/lib/pages/billing_alerts.ts";
import type { PortalReturn } from "@/lib/billing/portal_flows.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  CARD_HREF,
  INVOICE_HREF,
  paymentMethodLabel,
  planName,
  PORTAL_HREF,
  returningTo,
  subscriptionRate,
} from "./plan_labels.ts";

interface AlertContent {
  heading: ComponentChildren;
  text: string;
  /** A sentence for billing managers, and a verb phrase for other members. */
  nextStep?: { instruction?: string; askAdminTo: string };
  actions: LinkAction[];
}

/**
 * Warns about a failed, unfinished or paused payment, or a trial that ends
 * soon. Visitors without billing rights are referred to an admin.
 */
export function BillingAlert(
  { subscription, nowMs, locale, mayManageBilling, page }: {
    subscription: Subscription | null;
    nowMs: number;
    locale: string;
    mayManageBilling: boolean;
    /** The current page, to return to from Stripe. */
    page: PortalReturn;
  },
) {
  const alert = billingAlert(subscription, nowMs);
  if (alert === null || subscription === null) return null;
  const { heading, text, nextStep, actions } = contentOf(
    alert,
    subscription,
    locale,
  );
  const urgent = alert.kind !== "trial_ends";
  return (
    <aside class={urgent ? "banner banner--alert" : "banner"}>
      <div>
        <p class="banner-heading">{heading}</p>
        <p>
          {text}
          {mayManageBilling
            ? nextStep?.instruction && ` ${nextStep.instruction}`
            : nextStep &&
              ` Ask an admin of your organization to ${nextStep.askAdminTo}.`}
        </p>
      </div>
      {mayManageBilling && actions.length > 0 && (
        <LinkActions
          actions={actions.map((action) => ({
            ...action,
            href: returningTo(page, action.href),
          }))}
        />
      )}
    </aside>
  );
}

const UPDATE_CARD: LinkAction = { href: CARD_HREF, label: "Update card" };
const PAY_INVOICE: LinkAction = {
  href: INVOICE_HREF,
  label: "Pay the open invoice",
};

function contentOf(
  alert: Alert,
  subscription: Subscription,
  locale: string,
): AlertContent {
  const name = planName(subscription.plan);
  switch (alert.kind) {
    case "payment_unfinished":
      return {
        heading: "The first payment is not finished",
        text: `${name} starts as soon as it is. After 23 hours it lapses, ` +
          "and nothing is charged.",
        nextStep: { askAdminTo: "finish it" },
        actions: [{ href: INVOICE_HREF, label: "Finish payment" }],
      };
    case "payment_failed":
      return {
        heading: "The last payment failed",
        text: `Nothing is lost yet: ${name} goes on while Stripe tries again.`,
        nextStep: {
          instruction: "Update the card before it gives up.",
          askAdminTo: "update the card",
        },
        actions: [UPDATE_CARD, PAY_INVOICE],
      };
    case "payment_given_up":
      return {
        heading: `${name} is on hold: payment failed`,
        text: "Stripe has stopped trying. Nothing is deleted.",
        nextStep: {
          instruction: "Update the card, then pay the open invoice.",
          askAdminTo: "update the card and pay the open invoice",
        },
        actions: [UPDATE_CARD, PAY_INVOICE],
      };
    case "paused":
      return {
        heading: `${name} is paused`,
        text: subscription.paymentMethod === null
          ? "There is no card to charge."
          : "Nothing is charged until it is resumed.",
        nextStep: {
          instruction: "Resume it in Manage Billing.",
          askAdminTo: "resume it",
        },
        actions: [{ href: PORTAL_HREF, label: `Resume ${name}` }],
      };
    case "trial_ends":
      return trialContent(alert, subscription, locale);
  }
}

function trialContent(
  { atMs, continues }: Extract<Alert, { kind: "trial_ends" }>,
  subscription: Subscription,
  locale: string,
): AlertContent {
  const heading = (
    <>
      Your trial ends on <Day ms={atMs} locale={locale} />
    </>
  );
  const name = planName(subscription.plan);
  const card = paymentMethodLabel(subscription);
  if (!continues) {
    return {
      heading,
      text: `${name} ends with it, as you asked. Nothing is charged.`,
      actions: [],
    };
  }
  if (card === null) {
    return {
      heading,
      text: `There is no card to charge: without one ${name} stops with it.`,
      nextStep: { askAdminTo: "add one" },
      actions: [{ href: CARD_HREF, label: "Add a card" }],
    };
  }
  const rate = subscriptionRate(subscription, locale);
  return {
    heading,
    text: `Then ${name} goes on${rate ? ` for ${rate}` : ""}, charged to ` +
      `${card}. Cancel before, and nothing is.`,
    actions: [],
  };
}
