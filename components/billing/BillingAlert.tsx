import type { ComponentChildren } from "preact";
import {
  type LinkAction,
  LinkActions,
} from "@/components/layout/MessagePage.tsx";
import { Day, Moment } from "@/components/layout/Time.tsx";
import {
  type BillingAlert as Alert,
  billingAlert,
} from "@/lib/pages/billing_alerts.ts";
import type { PortalReturn } from "@/lib/billing/portal_flows.ts";
import { paymentMethodLabel } from "@/lib/pages/payment_method_label.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  CARD_HREF,
  INVOICE_HREF,
  openInvoice,
  planName,
  PORTAL_HREF,
  returningTo,
  subscriptionRate,
} from "./plan_labels.ts";

interface AlertContent {
  heading: ComponentChildren;
  text: ComponentChildren;
  /** The next step, for billing managers and for other members. */
  nextStep?: { instruction?: string; askAdmin: string };
  actions: LinkAction[];
}

interface AlertProps {
  subscription: Subscription;
  locale: string;
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
  const { heading, text, nextStep, actions } = contentOf(alert, {
    subscription,
    locale,
  });
  const urgent = alert.kind !== "trial_ends";
  const step = mayManageBilling ? nextStep?.instruction : nextStep?.askAdmin;
  return (
    <aside class={urgent ? "banner banner--alert" : "banner"}>
      <div>
        <p class="banner-heading">{heading}</p>
        <p>{text} {step}</p>
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

function contentOf(
  alert: Alert,
  props: AlertProps,
): AlertContent {
  const { subscription, locale } = props;
  const t = translator(locale);
  const plan = planName(subscription.plan, locale);
  const due = openInvoice(subscription, locale);
  const updateCard = { href: CARD_HREF, label: t("action.update_card") };
  const payInvoice = { href: INVOICE_HREF, label: t("action.pay_invoice") };
  switch (alert.kind) {
    case "payment_unfinished":
      return {
        heading: due
          ? t("alert.unfinished_amount", due)
          : t("alert.unfinished"),
        text: alert.expiresAtMs === null
          ? t("alert.unfinished_text", { plan })
          : t.rich("alert.unfinished_by", {
            plan,
            time: <Moment ms={alert.expiresAtMs} locale={locale} />,
          }),
        nextStep: { askAdmin: t("alert.ask_finish") },
        actions: [{ href: INVOICE_HREF, label: t("action.finish_payment") }],
      };
    case "payment_failed":
      return {
        heading: due ? t("alert.failed_amount", due) : t("alert.failed"),
        text: retryText(props),
        nextStep: {
          instruction: t("alert.failed_step", { plan }),
          askAdmin: t("alert.ask_card"),
        },
        actions: [updateCard, payInvoice],
      };
    case "payment_given_up":
      return {
        heading: t("alert.given_up", { plan }),
        text: due
          ? `${t("alert.given_up_text")} ${t("invoice.due", due)}`
          : t("alert.given_up_text"),
        nextStep: {
          instruction: t("alert.given_up_step"),
          askAdmin: t("alert.ask_pay"),
        },
        actions: [updateCard, payInvoice],
      };
    case "paused": {
      const hasCard = subscription.paymentMethod !== null;
      return {
        heading: t("alert.paused", { plan }),
        text: hasCard ? t("alert.paused_text") : t("alert.paused_no_card"),
        nextStep: {
          instruction: hasCard
            ? t("alert.paused_step")
            : t("alert.paused_add_card"),
          askAdmin: t("alert.ask_resume"),
        },
        actions: [{ href: PORTAL_HREF, label: t("action.resume", { plan }) }],
      };
    }
    case "trial_ends":
      return trialContent(alert, props);
  }
}

function retryText({ subscription, locale }: AlertProps): ComponentChildren {
  const t = translator(locale);
  const due = openInvoice(subscription, locale);
  if (due === null) {
    return t("alert.failed_text", {
      plan: planName(subscription.plan, locale),
    });
  }
  const retryAtMs = subscription.invoice?.retryAtMs ?? null;
  if (retryAtMs === null) return t("alert.no_retry", due);
  const date = <Day ms={retryAtMs} locale={locale} />;
  return t.rich("alert.retry", { ...due, date });
}

function trialContent(
  { atMs, continues }: Extract<Alert, { kind: "trial_ends" }>,
  { subscription, locale }: AlertProps,
): AlertContent {
  const t = translator(locale);
  const date = <Day ms={atMs} locale={locale} />;
  const heading = t.rich("alert.trial", { date });
  const plan = planName(subscription.plan, locale);
  if (!continues) {
    return { heading, text: t("alert.trial_ends", { plan }), actions: [] };
  }
  const card = paymentMethodLabel(subscription, locale);
  if (card === null) {
    return {
      heading,
      text: t("alert.trial_no_card", { plan }),
      nextStep: { askAdmin: t("alert.ask_add_card") },
      actions: [{ href: CARD_HREF, label: t("action.add_card") }],
    };
  }
  const rate = subscriptionRate(subscription, locale);
  const text = rate === null
    ? t("alert.trial_continues", { plan, card })
    : t("alert.trial_continues_rate", { plan, card, rate });
  return { heading, text, actions: [] };
}
