import type {
  ApiInvoice,
  ApiPaymentMethod,
  ApiTaxId,
} from "../../api/api_types.ts";
import { gather } from "../../api/pagination.ts";
import { withLinks } from "../../billing/invoice_presentation.ts";
import type { Context } from "../../context.ts";
import { isProcessing } from "../invoice/invoice_card_payment.ts";
import { INVOICE, PAYMENT_METHOD } from "../../store/schema.ts";
import { listTaxIds } from "../../resources/tax_ids.ts";
import { type Plan, readPlans } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";

const INVOICES_PER_PAGE = 12;
const MAX_CARDS = 20;

/** By the value of the query parameter `done`. */
const NOTICES: Record<string, string> = {
  card: "Your card has been added.",
  default: "Your default payment method has been updated.",
  removed: "The card has been removed.",
  details: "Your billing information has been saved.",
  "card-paid": "Your card has been added, and your open invoices are paid.",
  changed: "Your plan has been changed.",
  scheduled: "Your plan will change at the end of the billing period.",
  dropped: "Your plan change has been canceled.",
  canceled: "Your plan will be canceled at the end of the billing period.",
  ended: "Your plan has ended.",
  kept: "Your plan will no longer be canceled.",
  paused: "Your plan is paused.",
  resumed: "Your plan has been resumed.",
  paid: "Thank you. Your invoice has been paid.",
};

const FAILURES: Record<string, string> = {
  "card-unpaid":
    "Your card has been added, but the payment for your open invoice failed.",
  refused: "This action is no longer available. No changes were made.",
  unconfirmed:
    "Your bank could not verify the payment. You have not been charged.",
  unpaid: "Your payment failed. Try again, or use a different card.",
};

/** Reads the data of the portal's home page: at most 20 cards, and 12 invoices per page. */
export async function readHome(
  portal: PortalSession,
  query: URLSearchParams,
): Promise<HomeView> {
  const { context, customer } = portal;
  const after = query.get("after");
  const methods = await gather(context.store, {
    collection: PAYMENT_METHOD,
    list: ["payment_methods_by_customer", customer.id],
    wanted: MAX_CARDS,
    newestFirst: true,
    matches: () => true,
  });
  const invoices = await readInvoicePage(context, customer.id, after);
  const done = query.get("done") ?? "";
  const shown = invoices.slice(0, INVOICES_PER_PAGE);
  return {
    portal,
    methods: methods.map(({ object }) => object),
    invoices: await Promise.all(shown.map(async (stored) => {
      const invoice = withLinks(context, stored);
      const processing = await isProcessing(context, invoice);
      return {
        ...invoice,
        shownAs: processing ? "processing" : invoice.status,
      };
    })),
    olderThan: invoices.length > INVOICES_PER_PAGE
      ? shown.at(-1)?.object.id ?? null
      : null,
    isOlder: after !== null,
    plans: await readPlans(portal),
    taxIds: (await listTaxIds(context, customer.id)).data,
    failure: FAILURES[done] ?? null,
    notice: NOTICES[done] ?? null,
  };
}

async function readInvoicePage(
  context: Context,
  customer: string,
  after: string | null,
) {
  const from = after === null ? null : await context.store.get(INVOICE, after);
  return await gather(context.store, {
    collection: INVOICE,
    list: ["invoices_by_customer", customer],
    wanted: INVOICES_PER_PAGE + 1,
    newestFirst: true,
    matches: ({ object }) => object.status !== "draft",
    ...(from !== null && { high: from.order }),
  });
}

/** The data of the portal's home page. */
export interface HomeView {
  portal: PortalSession;
  methods: ApiPaymentMethod[];
  /** Newest first, without drafts. */
  invoices: (ApiInvoice & { shownAs: string | null })[];
  /** The last invoice on this page if there are older ones. */
  olderThan: string | null;
  /** This is not the first page of invoices. */
  isOlder: boolean;
  /** The live subscriptions, newest first. */
  plans: Plan[];
  taxIds: ApiTaxId[];
  /** The success message of the preceding form. */
  notice: string | null;
  /** The error message of the preceding form. */
  failure: string | null;
}
