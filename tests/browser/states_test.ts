import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { ADMIN, browserTest, MEMBER, signIn } from "./browser.ts";
import { problemsOf } from "./layout.ts";
import {
  ADMINS_ONLY,
  ALL_VIEWS,
  checkedLanguages,
  NORTHWIND,
  planActions,
  type StateName,
  SUBSCRIPTION_STATES,
} from "./states.ts";

const END = "August 23, 2026";

/** A subscription state with its expected text and actions. */
interface Row {
  name: StateName;
  /** Text in the banner and in "Your plan". */
  expectedText: RegExp[];
  /** The plan marked as current. */
  current: "Free" | "Pro" | "Scale";
  /** The action below each plan, monthly. */
  offers: [free: string, pro: string, scale: string];
  /** Link targets of the banner's buttons. */
  banner?: string[];
  /** Whether the current plan links to the open invoice. */
  debt?: true;
}

const PORTAL = "/api/v1/operations/payment/customer-portal";
const CARD = `${PORTAL}?flow=payment_method_update`;
const INVOICE = "/organization/invoice";

const ROWS: Row[] = [
  {
    name: "never subscribed",
    expectedText: [],
    current: "Free",
    offers: ["Current plan", "Try Pro for 14 days", "Choose Scale"],
  },
  {
    name: "incomplete",
    expectedText: [
      /Finish your payment of \$29\.00/,
      /Finish your payment to start Pro/,
      /Pro starts after its first payment/,
    ],
    current: "Free",
    offers: [
      "Current plan",
      "Starts once paid Finish payment",
      "Available after the first payment for Pro",
    ],
    banner: [INVOICE],
  },
  {
    name: "active",
    expectedText: [new RegExp(`Next charge: \\$29 on ${END}\\.`)],
    current: "Pro",
    offers: ["Cancel Pro", "Current plan: $29 per month", "Switch to Scale"],
  },
  {
    name: "trialing, five days left",
    expectedText: [
      /Your trial ends on August 8, 2026/,
      /Pro then continues for \$29 per month, charged to Visa/,
    ],
    current: "Pro",
    offers: ["Cancel Pro", "Trial, then $29 per month", "Switch to Scale"],
    banner: [],
  },
  {
    name: "trialing without a card",
    expectedText: [/Add a card to keep Pro after the trial/],
    current: "Pro",
    offers: ["Cancel Pro", "Trial, then $29 per month", "Switch to Scale"],
    banner: [CARD],
  },
  {
    name: "cancelling",
    expectedText: [new RegExp(`Ends on ${END}\\. You won't be charged again`)],
    current: "Pro",
    offers: [
      `Starts on ${END}`,
      `Ends on ${END} Keep Pro`,
      "Keep Pro to switch plans",
    ],
  },
  {
    name: "a change is scheduled",
    expectedText: [new RegExp(`Pro starts on ${END}`)],
    current: "Scale",
    offers: [
      "A plan change is scheduled",
      `Starts on ${END}`,
      `Until ${END} Undo change`,
    ],
  },
  {
    name: "past due",
    expectedText: [
      /Your last payment of \$29\.00 failed/,
      /We'll retry invoice NORTH-0007 on August 6, 2026/,
    ],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Active – retrying payment",
      "Available after your payment goes through",
    ],
    banner: [CARD, INVOICE],
  },
  {
    name: "past due, no retry left",
    expectedText: [/Invoice NORTH-0007 won't be retried automatically/],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Active – retrying payment",
      "Available after your payment goes through",
    ],
    banner: [CARD, INVOICE],
  },
  {
    name: "unpaid",
    expectedText: [
      /Pro is on hold: payment failed/,
      /\$29\.00 is due on invoice NORTH-0007/,
    ],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "On hold until the open invoice is paid",
      "Available after your payment goes through",
    ],
    banner: [CARD, INVOICE],
  },
  {
    name: "paused",
    expectedText: [/Pro is paused/, /Paused\. You won't be charged/],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Paused. You won't be charged. Resume Pro",
      "Available after Pro is resumed",
    ],
    banner: [PORTAL],
  },
  {
    name: "paused without a card",
    expectedText: [/Pro is paused/, /There is no card to charge/],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Paused. You won't be charged. Resume Pro",
      "Available after Pro is resumed",
    ],
    banner: [PORTAL],
  },
  {
    name: "canceled",
    expectedText: [/Pro ended on August 2, 2026/],
    current: "Free",
    offers: ["Current plan", "Choose Pro", "Choose Scale"],
  },
  {
    name: "ended for non-payment",
    expectedText: [
      /Pro ended on August 2, 2026 because its payment failed/,
      /\$29\.00 is due on invoice NORTH-0007/,
    ],
    current: "Free",
    offers: ["Current plan", "Choose Pro", "Choose Scale"],
    debt: true,
  },
  {
    name: "expired before it was paid",
    expectedText: [/The first payment for Pro wasn't finished/],
    current: "Free",
    offers: ["Current plan", "Choose Pro", "Choose Scale"],
  },
];

async function lookAsAdmin(page: Page, row: Row): Promise<void> {
  const { name } = row;
  const text = await page.locator("main").innerText();
  for (const words of row.expectedText) assertMatch(text, words, name);
  assertEquals(await planActions(page), row.offers, name);
  const marked = page.locator(".plan--current .plan-name");
  assertEquals(await marked.allTextContents(), [row.current], name);
  const ways = await page.locator(".banner a").evaluateAll((links) =>
    links.map((link) => link.getAttribute("href"))
  );
  assertEquals(ways, row.banner ?? [], name);
  assertEquals(await page.locator(".banner").count(), row.banner ? 1 : 0, name);
  const debt = page.locator(".subscription").getByRole("link", {
    name: "Pay open invoice",
  });
  assertEquals(await debt.count(), row.debt ? 1 : 0, name);
  const manage = page.getByRole("link", {
    name: "Manage Billing",
    exact: true,
  });
  assertEquals(await manage.getAttribute("href"), PORTAL, name);
}

/** A member without permission sees the state and no actions. */
async function lookAsMember(page: Page, { name, expectedText }: Row) {
  const text = await page.locator("main").innerText();
  for (const words of expectedText) assertMatch(text, words, name);
  const actions = page.locator(
    `main a[href^="/api/"], main a[href="${INVOICE}"],
    main .plan-action a, main .plan-action button`,
  );
  assertEquals(await actions.count(), 0, name);
  if (name !== "past due") return;
  await page.getByText("Ask an admin of your organization to update the card")
    .waitFor();
}

for (const { language, locale, views } of checkedLanguages()) {
  for (const role of [ADMIN, MEMBER]) {
    const look = role === ADMIN ? lookAsAdmin : lookAsMember;
    // A member's pages differ by the absence of actions.
    const checksViews = (state: StateName) =>
      ALL_VIEWS || role === ADMIN || state === "past due";

    browserTest(
      `every state shows its status and actions to ${role.user} and fits the window, ${language}`,
      async (stage) => {
        const page = await stage.open({ locale });
        await signIn(stage, page, role);
        for (const row of ROWS) {
          const state = SUBSCRIPTION_STATES[row.name];
          if (state !== null) {
            await storeSubscription(stage.app, state, NORTHWIND);
            await page.reload();
          }
          // The expected text is English.
          if (language === "en") await look(page, row);
          if (!checksViews(row.name)) continue;
          assertEquals(await problemsOf(page, views), [], row.name);
        }
      },
      ADMINS_ONLY,
    );
  }
}
