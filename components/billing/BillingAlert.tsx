import type { ComponentChildren } from "preact";
import {
  type Banner as Kind,
  billingAlert,
} from "@/lib/pages/billing_alerts.ts";
import type { Subscription } from "@/lib/store/mod.ts";
import {
  CARD_HREF,
  cardPhrase,
  INVOICE_HREF,
  planName,
  PORTAL_HREF,
  ratePaid,
} from "./plan_labels.ts";
import type { Way } from "@/components/layout/MessagePage.tsx";
import { Day } from "@/components/layout/Time.tsx";

interface BannerWords {
  heading: ComponentChildren;
  text: string;
  /** What is to be done, as one says it to who may, and asks of an admin. */
  todo?: { say?: string; ask: string };
  /** The likeliest first. */
  ways: Way[];
}

/**
 * What has to be done about the subscription, above everything else; to
 * somebody who may not do it, whom to ask.
 */
export function Banner({ subscription, nowMs, locale, mayManageBilling }: {
  subscription: Subscription | null;
  nowMs: number;
  locale: string;
  mayManageBilling: boolean;
}) {
  const banner = billingAlert(subscription, nowMs);
  if (banner === null || subscription === null) return null;
  const { heading, text, todo, ways } = wordsFor(banner, subscription, locale);
  const alert = banner.kind !== "trial_ends";
  return (
    <aside class={alert ? "banner banner--alert" : "banner"}>
      <div>
        <p class="banner-heading">{heading}</p>
        <p>
          {text}
          {mayManageBilling
            ? todo?.say && ` ${todo.say}`
            : todo && ` Ask an admin of your organization to ${todo.ask}.`}
        </p>
      </div>
      {mayManageBilling && ways.length > 0 && (
        <p class="ways">
          {ways.map(({ href, label }, index) => (
            <a
              key={href}
              class={index === 0 ? "button" : "button plain"}
              href={href}
            >
              {label}
            </a>
          ))}
        </p>
      )}
    </aside>
  );
}

const UPDATE_CARD: Way = { href: CARD_HREF, label: "Update card" };
const PAY_INVOICE: Way = { href: INVOICE_HREF, label: "Pay the open invoice" };

function wordsFor(
  banner: Kind,
  subscription: Subscription,
  locale: string,
): BannerWords {
  const name = planName(subscription.plan);
  switch (banner.kind) {
    case "payment_unfinished":
      return {
        heading: "The first payment is not finished",
        text: `${name} starts as soon as it is. After 23 hours it lapses, ` +
          "and nothing is charged.",
        todo: { ask: "finish it" },
        ways: [{ href: INVOICE_HREF, label: "Finish payment" }],
      };
    case "payment_failed":
      return {
        heading: "The last payment failed",
        text: `Nothing is lost yet: ${name} goes on while Stripe tries again.`,
        todo: {
          say: "Update the card before it gives up.",
          ask: "update the card",
        },
        ways: [UPDATE_CARD, PAY_INVOICE],
      };
    case "payment_given_up":
      return {
        heading: `${name} is on hold: payment failed`,
        text: "Stripe has stopped trying. Nothing is deleted.",
        todo: {
          say: "Update the card, then pay the open invoice.",
          ask: "update the card and pay the open invoice",
        },
        ways: [UPDATE_CARD, PAY_INVOICE],
      };
    case "paused":
      return {
        heading: `${name} is paused`,
        text: subscription.paymentMethod === null
          ? "There is no card to charge."
          : "Nothing is charged until it is resumed.",
        todo: { say: "Resume it in Manage Billing.", ask: "resume it" },
        ways: [{ href: PORTAL_HREF, label: `Resume ${name}` }],
      };
    case "trial_ends":
      return trialWords(banner, subscription, locale);
  }
}

function trialWords(
  { atMs, goesOn }: Extract<Kind, { kind: "trial_ends" }>,
  subscription: Subscription,
  locale: string,
): BannerWords {
  const heading = (
    <>
      Your trial ends on <Day ms={atMs} locale={locale} />
    </>
  );
  const name = planName(subscription.plan);
  const card = cardPhrase(subscription);
  if (!goesOn) {
    return {
      heading,
      text: `${name} ends with it, as you asked. Nothing is charged.`,
      ways: [],
    };
  }
  if (card === null) {
    return {
      heading,
      text: `There is no card to charge: without one ${name} stops with it.`,
      todo: { ask: "add one" },
      ways: [{ href: CARD_HREF, label: "Add a card" }],
    };
  }
  const rate = ratePaid(subscription, locale);
  return {
    heading,
    text: `Then ${name} goes on${rate ? ` for ${rate}` : ""}, charged to ` +
      `${card}. Cancel before, and nothing is.`,
    ways: [],
  };
}
