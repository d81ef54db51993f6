import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { CUSTOMER, filedUnder } from "../store/schema.ts";
import { gather } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import type { ApiCustomer } from "../api/api_types.ts";

/**
 * `GET /v1/customers/search` for the queries `email:'…'` and `metadata['…']:'…'`. At Stripe a new
 * customer appears in search only after some seconds, here immediately.
 */
export const searchCustomers = endpoint({
  returns: "customer",
  many: true,
  params: {
    limit: p.integer(1, 100),
    page: p.text(500),
    query: p.required(p.text(1_000)),
  },
  async run({ store }, { limit = 10, page, query }) {
    const { list, matches } = readQuery(query);
    const high = page === undefined ? undefined : readPage(page);
    const rows = await gather(store, {
      collection: CUSTOMER,
      list,
      wanted: limit + 1,
      newestFirst: true,
      matches: ({ object }) => matches(object),
      ...(high !== undefined && { high }),
    });
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      object: "search_result",
      data: data.map(({ object }) => object),
      has_more: more,
      next_page: more ? btoa(last.order) : null,
      url: "/v1/customers/search",
    };
  },
});

interface Query {
  list: string[];
  matches: (customer: ApiCustomer) => boolean;
}

function readQuery(query: string): Query {
  const email = /^\s*email\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*$/.exec(query);
  if (email !== null) {
    const value = email[1] ?? email[2] ?? "";
    return {
      list: ["customers_by_email", filedUnder(value)],
      matches: (customer) => isSame(customer.email, value),
    };
  }
  const named =
    /^\s*metadata\s*\[\s*(?:'([^'\\]+)'|"([^"\\]+)")\s*\]\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*$/
      .exec(query);
  if (named === null) {
    throw notImplemented(
      `this search: ${query} (email:'…' and metadata['…']:'…' are)`,
    );
  }
  const [key, value] = [named[1] ?? named[2] ?? "", named[3] ?? named[4] ?? ""];
  return {
    list: ["customers_by_metadata", key, filedUnder(value)],
    matches: (customer) => isSame(customer.metadata[key], value),
  };
}

function isSame(found: string | null | undefined, wanted: string): boolean {
  return found?.toLowerCase() === wanted.toLowerCase();
}

function readPage(page: string): string {
  const order = /^[A-Za-z0-9+/=]+$/.test(page) && page.length % 4 === 0
    ? atob(page)
    : "";
  if (/^\d{36}$/.test(order)) return order;
  throw invalidRequest("Invalid page", { param: "page" });
}
