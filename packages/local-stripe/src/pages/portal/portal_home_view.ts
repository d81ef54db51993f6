import type { Context } from "../../context.ts";
import { INVOICE, PAYMENT_METHOD } from "../../store/schema.ts";
import { gather } from "../../api/pagination.ts";
import { type Plan, readPlans } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";
import { withLinks } from "../../billing/invoice_presentation.ts";
import type { ApiInvoice, ApiPaymentMethod } from "../../api/api_types.ts";

const INVOICES_A_PAGE = 12;
const CARDS_SHOWN = 20;

const NOTICES: Record<string, string> = {
  card: "Your card has been added.",
  default: "That card is charged first from now on.",
  removed: "The card has been removed.",
  details: "Your billing information has been saved.",
  "card-paid": "Your card has been added, and what was open is paid.",
  changed: "Your plan has been changed.",
  scheduled: "Your plan changes when its period ends.",
  dropped: "Your plan stays as it is.",
  canceled: "Your plan ends when its period does.",
  ended: "Your plan has ended.",
  kept: "Your plan goes on.",
  paused: "Your plan is paused.",
  resumed: "Your plan goes on.",
  paid: "Thank you: the invoice is paid.",
};

const TROUBLES: Record<string, string> = {
  "card-unpaid":
    "Your card has been added, but what is open could not be collected with it.",
  refused: "That cannot be done any more. Nothing was changed.",
  unconfirmed: "Your bank did not confirm that it is you. Nothing was paid.",
  unpaid: "The payment did not go through. Use another card, or try again.",
};

/** Reads what the portal's first page shows, at most 20 cards and 12 invoices. */
export async function viewHome(
  portal: PortalSession,
  query: URLSearchParams,
): Promise<HomeView> {
  const { context, customer } = portal;
  const after = query.get("after");
  const methods = await gather(context.store, {
    collection: PAYMENT_METHOD,
    list: ["payment_methods_by_customer", customer.id],
    wanted: CARDS_SHOWN,
    newestFirst: true,
    matches: () => true,
  });
  const invoices = await pageOfInvoices(context, customer.id, after);
  const shown = invoices.slice(0, INVOICES_A_PAGE);
  return {
    portal,
    methods: methods.map(({ object }) => object),
    invoices: shown.map((stored) => withLinks(context, stored)),
    olderThan: invoices.length > INVOICES_A_PAGE
      ? shown.at(-1)?.object.id ?? null
      : null,
    isOlder: after !== null,
    plans: await readPlans(portal),
    trouble: TROUBLES[query.get("done") ?? ""] ?? null,
    notice: NOTICES[query.get("done") ?? ""] ?? null,
  };
}

async function pageOfInvoices(
  context: Context,
  customer: string,
  after: string | null,
) {
  const from = after === null ? null : await context.store.get(INVOICE, after);
  return await gather(context.store, {
    collection: INVOICE,
    list: ["invoices_by_customer", customer],
    wanted: INVOICES_A_PAGE + 1,
    newestFirst: true,
    matches: ({ object }) => object.status !== "draft",
    ...(from !== null && { high: from.order }),
  });
}

/** What the portal's first page shows. */
export interface HomeView {
  portal: PortalSession;
  methods: ApiPaymentMethod[];
  /** Newest first, without drafts. */
  invoices: ApiInvoice[];
  /** The id to go on from when there are older invoices. */
  olderThan: string | null;
  /** These are not the newest invoices. */
  isOlder: boolean;
  /** The running subscriptions, newest first. */
  plans: Plan[];
  /** What has just been done. */
  notice: string | null;
  /** What has just failed. */
  trouble: string | null;
}
