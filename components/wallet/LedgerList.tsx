import { Moment } from "@/components/layout/Time.tsx";
import { accountHref } from "@/components/layout/account_href.ts";
import { hasInvoice } from "@/lib/billing/invoice_links.ts";
import type { AccountPage, AccountView } from "@/lib/pages/account_page.ts";
import { formatChange, formatCount } from "@/lib/pages/formats.ts";
import { type MessageKey, translator } from "@/lib/pages/translate.ts";
import { LedgerFilter } from "./LedgerFilter.tsx";
import { ENTRY_KINDS, type EntryKind } from "@/lib/store/ledger_types.ts";
import { entryLabel } from "./entry_labels.ts";

type History = AccountPage["history"];

interface LedgerProps {
  history: History;
  view: AccountView;
  /** Whether the visitor gets links to invoices. */
  documents: boolean;
  locale: string;
}

const KIND_KEYS = {
  grant: "ledger.kind.grant",
  purchase: "ledger.kind.purchase",
  charge: "ledger.kind.charge",
  refund: "ledger.kind.refund",
  expiry: "ledger.kind.expiry",
  adjustment: "ledger.kind.adjustment",
} as const satisfies Record<EntryKind, MessageKey>;

const FILTER_KEYS = {
  grant: "ledger.grants",
  purchase: "ledger.purchases",
  charge: "ledger.charges",
  refund: "ledger.refunds",
  expiry: "ledger.expired",
  adjustment: "ledger.adjustments",
} as const satisfies Record<EntryKind, MessageKey>;

/** The wallet's ledger entries, newest first. */
export function LedgerList({ history, view, documents, locale }: LedgerProps) {
  return (
    <>
      <KindFilter view={view} locale={locale} />
      <LedgerFilter view={view} locale={locale} />
      {history.items.length === 0
        ? (
          <NoEntries
            view={view}
            hasMore={history.next_cursor !== null}
            locale={locale}
          />
        )
        : (
          <ol class="lines">
            {history.items.map((entry) => (
              <Entry
                key={entry.id}
                entry={entry}
                documents={documents}
                locale={locale}
              />
            ))}
          </ol>
        )}
      <Pagination history={history} view={view} locale={locale} />
    </>
  );
}

function KindFilter({ view, locale }: { view: AccountView; locale: string }) {
  const t = translator(locale);
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
    <nav aria-label={t("ledger.filter")}>
      <ul class="chips">
        {link(undefined, t("ledger.all"))}
        {ENTRY_KINDS.map((kind) => link(kind, t(FILTER_KEYS[kind])))}
      </ul>
    </nav>
  );
}

function Entry({ entry, documents, locale }: {
  documents: boolean;
  entry: History["items"][number];
  locale: string;
}) {
  const t = translator(locale);
  const { kind, at, tokens, balance, source } = entry;
  const description = entryLabel(entry, locale);
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
              aria-label={t("ledger.invoice_of", { description })}
            >
              {t("ledger.invoice")}
            </a>
          </>
        )}
      </p>
      <p class="line-when">
        <span>{t(KIND_KEYS[kind])}</span>{" "}
        <Moment ms={Date.parse(at)} locale={locale} />
      </p>
      <p class="line-amount" data-sign={Math.sign(tokens)}>
        {formatChange(tokens, locale)}{" "}
        <span class="visually-hidden">{t("ledger.unit")}</span>
      </p>
      <p class="line-after">
        {t("ledger.balance", { count: formatCount(balance, locale) })}
      </p>
    </li>
  );
}

function NoEntries(
  { view, hasMore, locale }: {
    view: AccountView;
    hasMore: boolean;
    locale: string;
  },
) {
  const t = translator(locale);
  const { kind } = view;
  const hasDates = (view.from ?? view.to) !== undefined;
  if (kind === undefined && !hasDates) {
    return (
      <p class="empty">
        <strong>{t("ledger.none")}</strong> {t("ledger.none_text")}{" "}
        <a href="#credits">{t("action.buy_tokens")}</a>
      </p>
    );
  }
  const reason = emptyReason(view, hasMore);
  return (
    <p class="empty">
      <strong>
        {hasDates ? t("ledger.none_match") : t("ledger.none_of_kind")}
      </strong>{" "}
      {reason && `${t(reason)} `}
      <a
        aria-current="false"
        href={accountHref(
          view,
          {
            kind: undefined,
            cursor: undefined,
            from: undefined,
            to: undefined,
          },
          "ledger",
        )}
      >
        {t("ledger.show_all")}
      </a>
    </p>
  );
}

function emptyReason(
  { cursor }: AccountView,
  hasMore: boolean,
): "ledger.searched" | "ledger.searched_more" | "ledger.no_older" | null {
  if (cursor === undefined) return hasMore ? "ledger.searched" : null;
  return hasMore ? "ledger.searched_more" : "ledger.no_older";
}

function Pagination(
  { history, view, locale }: Omit<LedgerProps, "documents">,
) {
  const t = translator(locale);
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
          {t("ledger.newest")}
        </a>
      )}
      {cursor !== null && (
        <a
          class="page-link"
          aria-current="false"
          href={accountHref(view, { cursor }, "ledger")}
        >
          {t("ledger.older")}
        </a>
      )}
    </p>
  );
}
