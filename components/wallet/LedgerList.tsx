import { Day } from "@/components/layout/Time.tsx";
import { accountHref } from "@/components/layout/account_href.ts";
import { hasInvoice } from "@/lib/billing/invoice_links.ts";
import type { AccountPage, AccountView } from "@/lib/pages/account_page.ts";
import { formatChange, formatCount } from "@/lib/pages/formats.ts";
import { LedgerFilter } from "./LedgerFilter.tsx";
import { ENTRY_KINDS, type EntryKind } from "@/lib/store/ledger_types.ts";

type History = AccountPage["history"];

interface LedgerProps {
  history: History;
  view: AccountView;
  /** Whether the visitor gets links to invoices. */
  documents: boolean;
  locale: string;
}

const KIND_LABELS: Record<EntryKind, [entry: string, filter: string]> = {
  grant: ["Granted", "Grants"],
  purchase: ["Purchased", "Purchases"],
  charge: ["Used", "Charges"],
  refund: ["Refunded", "Refunds"],
  expiry: ["Expired", "Expired"],
  adjustment: ["Adjusted", "Adjustments"],
};

/** The wallet's ledger entries, newest first. */
export function LedgerList({ history, view, documents, locale }: LedgerProps) {
  return (
    <>
      <KindFilter view={view} />
      <LedgerFilter view={view} />
      {history.items.length === 0
        ? <NoEntries view={view} hasMore={history.next_cursor !== null} />
        : (
          <ol class="lines">
            {history.items.map((entry) => (
              <Entry key={entry.id} {...{ entry, documents, locale }} />
            ))}
          </ol>
        )}
      <Pagination history={history} view={view} />
    </>
  );
}

function KindFilter({ view }: { view: AccountView }) {
  const href = (kind: EntryKind | undefined) =>
    accountHref(view, { kind, cursor: undefined }, "ledger");
  const link = (kind: EntryKind | undefined, label: string) => (
    <li key={label}>
      <a
        class="chip"
        href={href(kind)}
        aria-current={view.kind === kind ? "true" : "false"}
      >
        {label}
      </a>
    </li>
  );
  return (
    <nav aria-label="Kinds of entries">
      <ul class="chips">
        {link(undefined, "All")}
        {ENTRY_KINDS.map((kind) => link(kind, KIND_LABELS[kind][1]))}
      </ul>
    </nav>
  );
}

function Entry({ entry, documents, locale }: {
  documents: boolean;
  entry: History["items"][number];
  locale: string;
}) {
  const { kind, at, tokens, balance, description, source } = entry;
  return (
    <li class="line line--entry">
      <p class="line-what">
        {description}
        {documents && hasInvoice(source) && (
          <>
            {" "}
            <a
              class="line-link"
              href={`/account/invoice?source=${encodeURIComponent(source)}`}
              aria-current="false"
              aria-label={`Invoice of ${description}`}
            >
              Invoice
            </a>
          </>
        )}
      </p>
      <p class="line-when">
        {`${KIND_LABELS[kind][0]} · `}
        <Day ms={Date.parse(at)} locale={locale} />
      </p>
      <p class="line-amount" data-sign={Math.sign(tokens)}>
        {formatChange(tokens, locale)}
        <span class="visually-hidden">tokens</span>
      </p>
      <p class="line-after">{`${formatCount(balance, locale)} left`}</p>
    </li>
  );
}

function NoEntries(
  { view, hasMore }: { view: AccountView; hasMore: boolean },
) {
  const { kind, from, to } = view;
  if (kind === undefined && (from ?? to) === undefined) {
    return (
      <p class="empty">
        <strong>No entries yet.</strong>{" "}
        The plan's tokens, packs that are bought and what is used are listed
        here. <a href="#credits">Buy tokens</a> to begin.
      </p>
    );
  }
  return (
    <p class="empty">
      {kind !== undefined && (
        <strong>{`${KIND_LABELS[kind][1]}: none here.`}</strong>
      )} {emptyReason(view, hasMore)}{" "}
      <a
        aria-current="false"
        href={accountHref(
          view,
          {
            ...{ kind: undefined, cursor: undefined },
            ...{ from: undefined, to: undefined },
          },
          "ledger",
        )}
      >
        Show all entries
      </a>
    </p>
  );
}

function emptyReason({ cursor }: AccountView, hasMore: boolean): string {
  if (cursor === undefined) {
    return hasMore
      ? "The newest thousand entries were looked through; there are older ones."
      : "The ledger has no such entry.";
  }
  return hasMore
    ? "Another thousand entries were looked through; there are older ones."
    : "There is none that is older.";
}

function Pagination(
  { history, view }: { history: History; view: AccountView },
) {
  const cursor = history.next_cursor;
  if (cursor === null && view.cursor === undefined) return null;
  return (
    <p class="pages">
      {view.cursor !== undefined && (
        <a
          class="page-link"
          aria-current="false"
          href={accountHref(view, { cursor: undefined }, "ledger")}
        >
          Newest entries
        </a>
      )}
      {cursor !== null && (
        <a
          class="page-link"
          aria-current="false"
          href={accountHref(view, { cursor }, "ledger")}
        >
          Older entries
        </a>
      )}
    </p>
  );
}
