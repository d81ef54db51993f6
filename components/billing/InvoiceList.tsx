import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { Day } from "@/components/layout/Time.tsx";
import { accountHref } from "@/components/layout/account_href.ts";
import type { Invoice, InvoicePage } from "@/lib/billing/invoices.ts";
import type { AccountView } from "@/lib/pages/account_page.ts";
import { formatMoney } from "@/lib/pages/formats.ts";
import { type MessageKey, translator } from "@/lib/pages/translate.ts";

interface InvoicesProps {
  /** Null if Stripe could not be reached. */
  invoices: InvoicePage | null;
  hasCustomer: boolean;
  /** Whether a payment has failed; otherwise an open one is processing. */
  isOverdue: boolean;
  /** Whether the visitor gets links to documents. */
  documents: boolean;
  view: AccountView;
  locale: string;
}

const STATUS_KEYS = {
  open: "invoices.open",
  paid: "invoices.paid",
  uncollectible: "invoices.uncollectible",
  void: "invoices.void",
} as const satisfies Record<Invoice["status"], MessageKey>;

/** The organization's invoices, with links to Stripe's invoice page and PDF. */
export function InvoiceList(props: InvoicesProps) {
  const { invoices, view, locale } = props;
  const t = translator(locale);
  if (invoices === null) return <InvoicesUnavailable {...props} />;
  if (invoices.items.length === 0) return <NoInvoices {...props} />;
  return (
    <>
      <ol class="lines">
        {invoices.items.map((invoice) => (
          <InvoiceItem
            key={invoice.id}
            invoice={invoice}
            isOverdue={props.isOverdue}
            locale={locale}
          />
        ))}
      </ol>
      <Pagination invoices={invoices} view={view} locale={locale} />
      <p class="note">
        {!props.documents && `${t("invoices.amounts_only")} `}
        <a class="page-link" href="/account/invoices.csv" download>
          {t("account.download_csv")}
        </a>
      </p>
    </>
  );
}

function InvoicesUnavailable({ view, locale }: InvoicesProps) {
  const t = translator(locale);
  return (
    <p class="empty empty--alert">
      <strong>{t("invoices.unavailable")}</strong>{" "}
      {t("invoices.unavailable_text")}{" "}
      <a aria-current="false" href={accountHref(view, {}, "invoices")}>
        {t("action.try_again")}
      </a>
    </p>
  );
}

function NoInvoices({ hasCustomer, documents, view, locale }: InvoicesProps) {
  const t = translator(locale);
  if (view.after !== undefined) {
    return (
      <p class="empty">
        <strong>{t("invoices.no_older")}</strong>{" "}
        <a
          aria-current="false"
          href={accountHref(view, { after: undefined }, "invoices")}
        >
          {t("invoices.newest")}
        </a>
      </p>
    );
  }
  return (
    <p class="empty">
      <strong>{t("invoices.none")}</strong>{" "}
      {hasCustomer && `${t("invoices.none_text")} `}
      {documents
        ? t.rich("invoices.none_customer", {
          plans: (text) => <a href={PLANS_HREF}>{text}</a>,
          credits: (text) => (
            <a
              href={view.path === "/account"
                ? "#credits"
                : "/organization/usage#credits"}
            >
              {text}
            </a>
          ),
        })
        : !hasCustomer && t("manage.none_member")}
    </p>
  );
}

function InvoiceItem({ invoice, isOverdue, locale }: {
  invoice: Invoice;
  isOverdue: boolean;
  locale: string;
}) {
  const t = translator(locale);
  const { id, status, currency, total, created } = invoice;
  const number = invoice.number ?? id;
  return (
    <li class="line line--invoice">
      <p class="line-what">
        {invoice.description ?? number}
        {invoice.description !== null && <span class="line-no">{number}</span>}
      </p>
      <p class="line-when">
        <Day ms={Date.parse(created)} locale={locale} />
      </p>
      <p class="line-amount">
        {formatMoney({ amountMinor: total, currency }, locale)}
      </p>
      <p class="line-after">
        <span
          class="state"
          data-state={status === "open" && isOverdue ? "overdue" : status}
        >
          {t(STATUS_KEYS[status])}
        </span>
      </p>
      <p class="line-links">
        <InvoiceLink
          href={invoice.hosted_invoice_url}
          text={t("invoices.view")}
          label={t("invoices.view_of", { number })}
        />
        <InvoiceLink
          href={invoice.invoice_pdf}
          text={t("invoices.pdf")}
          label={t("invoices.pdf_of", { number })}
        />
      </p>
    </li>
  );
}

/** Omits the referrer, so Stripe never sees the account page's URL. */
function InvoiceLink({ href, text, label }: {
  href: string | null;
  text: string;
  /** Names the invoice, for screen readers. */
  label: string;
}) {
  if (href === null) return null;
  return (
    <a
      class="line-link"
      href={href}
      aria-label={label}
      rel="noreferrer"
    >
      {text}
    </a>
  );
}

function Pagination({ invoices, view, locale }: {
  invoices: InvoicePage;
  view: AccountView;
  locale: string;
}) {
  const t = translator(locale);
  const last = invoices.items.at(-1);
  if (!invoices.hasMore && view.after === undefined) return null;
  return (
    <p class="pages">
      {view.after !== undefined && (
        <a
          class="page-link"
          aria-current="false"
          href={accountHref(view, { after: undefined }, "invoices")}
        >
          {t("invoices.newest")}
        </a>
      )}
      {invoices.hasMore && last && (
        <a
          class="page-link"
          aria-current="false"
          href={accountHref(view, { after: last.id }, "invoices")}
        >
          {t("invoices.older")}
        </a>
      )}
    </p>
  );
}
