import type { Context } from "../context.ts";
import { INVOICE, PAYMENT_METHOD } from "../kinds.ts";
import { gather } from "../lists.ts";
import { presentInvoice } from "../resources/invoices.ts";
import type { HomeView } from "./home.tsx";
import type { Visit } from "./visit.ts";

const INVOICES_A_PAGE = 12;
const CARDS_SHOWN = 20;

const NOTICES: Record<string, string> = {
  card: "Your card has been added.",
  default: "That card is charged first from now on.",
  removed: "The card has been removed.",
  details: "Your billing information has been saved.",
};

/** Reads what the portal's first page shows, at most 20 cards and 12 invoices. */
export async function viewHome(
  visit: Visit,
  query: URLSearchParams,
): Promise<HomeView> {
  const { context, customer } = visit;
  const after = query.get("after");
  const methods = await gather(context.store, {
    kind: PAYMENT_METHOD,
    list: ["payment_methods_by_customer", customer.id],
    wanted: CARDS_SHOWN,
    newestFirst: true,
    matches: () => true,
  });
  const invoices = await pageOfInvoices(context, customer.id, after);
  const shown = invoices.slice(0, INVOICES_A_PAGE);
  return {
    visit,
    methods: methods.map(({ object }) => object),
    invoices: shown.map((row) => presentInvoice(context, row)),
    olderThan: invoices.length > INVOICES_A_PAGE
      ? shown.at(-1)?.object.id ?? null
      : null,
    isOlder: after !== null,
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
    kind: INVOICE,
    list: ["invoices_by_customer", customer],
    wanted: INVOICES_A_PAGE + 1,
    newestFirst: true,
    matches: ({ object }) => object.status !== "draft",
    ...(from !== null && { high: from.order }),
  });
}
