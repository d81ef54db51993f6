import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { CUSTOMER, filedUnder } from "../store/schema.ts";
import { gather } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import type { ApiCustomer } from "../api/api_types.ts";

/**
 * `GET /v1/customers/search` for exact values of `email`, `name`, `phone` and `metadata`, joined by
 * `AND` and negated by `-`. At Stripe a new customer appears in search only after some seconds, here
 * immediately.
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
    const clauses = readQuery(query);
    const high = page === undefined ? undefined : readPage(page);
    const rows = await gather(store, {
      collection: CUSTOMER,
      list: listFor(clauses),
      wanted: limit + 1,
      newestFirst: true,
      matches: ({ object }) => clauses.every((clause) => holds(clause, object)),
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

/** A condition of a query; without a `value` the field has to be unset. */
interface Clause {
  field: string;
  key: string;
  value: string | null;
  negated: boolean;
}

const CLAUSE =
  /^(-?)(email|name|phone|created|metadata)(?:\[(?:"([^"\\]+)"|'([^'\\]+)')\])?\s*(:|~|[<>]=?)\s*(?:"([^"\\]*)"|'([^'\\]*)'|(null|\d+))/;

function readQuery(query: string): Clause[] {
  const clauses: Clause[] = [];
  let rest = query.trim();
  while (rest !== "" || clauses.length === 0) {
    const found = CLAUSE.exec(rest);
    if (found === null) throw unreadable(query);
    clauses.push(clauseOf(found, query));
    const after = rest.slice(found[0].length);
    const [join = "", word] = /^\s+(AND|OR)\s+/.exec(after) ??
      /^\s*/.exec(after) ?? [];
    if (word === "OR") throw notImplemented(`this search: ${query} (OR)`);
    rest = after.slice(join.length);
    const ends = rest === "";
    if (ends ? word !== undefined : join === "") throw unreadable(query);
  }
  return clauses;
}

function clauseOf(found: RegExpExecArray, query: string): Clause {
  const [, sign, field = "", key1, key2, operator, text1, text2, plain] = found;
  const key = key1 ?? key2 ?? "";
  const value = text1 ?? text2 ?? null;
  if ((key !== "") !== (field === "metadata")) throw unreadable(query);
  if (operator !== ":" || field === "created") {
    throw notImplemented(`this search: ${query} (other than exact values)`);
  }
  if (value === null && plain !== "null") throw unreadable(query);
  return { field, key, value, negated: sign === "-" };
}

function unreadable(query: string) {
  return invalidRequest(
    `We were unable to parse your search query: ${query}. Combine clauses such as email:'…' and metadata['…']:'…' with AND.`,
    { param: "query" },
  );
}

/** The shortest stored list that holds every match. */
function listFor(clauses: Clause[]): string[] {
  for (const { field, key, negated, value } of clauses) {
    if (negated || value === null) continue;
    if (field === "email") return ["customers_by_email", filedUnder(value)];
    if (field === "metadata") {
      return ["customers_by_metadata", key, filedUnder(value)];
    }
  }
  return ["customers"];
}

function holds(
  { field, key, negated, value }: Clause,
  customer: ApiCustomer,
): boolean {
  const found: unknown = field === "metadata"
    ? customer.metadata[key]
    : Reflect.get(customer, field);
  const same = String(found ?? "").toLowerCase() === value?.toLowerCase();
  return negated !== (value === null ? (found ?? null) === null : same);
}

function readPage(page: string): string {
  const order = /^[A-Za-z0-9+/=]+$/.test(page) && page.length % 4 === 0
    ? atob(page)
    : "";
  if (/^\d{39}$/.test(order)) return order;
  throw invalidRequest("Invalid page", { param: "page" });
}
