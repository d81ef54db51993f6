import { Day } from "@/components/layout/Time.tsx";
import { accountHref } from "@/components/layout/account_href.ts";
import type { Invoice, InvoicePage } from "@/lib/billing/invoices.ts";
import type { AccountView } from "@/lib/pages/account_page.ts";
import { formatMoney } from "@/lib/pages/formats.ts";

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

const TEXT = {
  download: "Download CSV",
  amountsOnly: "Only admins can open invoices.",
};

const STATUS_LABELS: Record<Invoice["status"], string> = {
  open: "Open",
  paid: "Paid",
  uncollectible: "Given up",
  void: "Void",
};

/** The organization's invoices, with links to Stripe's invoice page and PDF. */
export function InvoiceList(props: InvoicesProps) {
  const { invoices, view, locale } = props;
  if (invoices === null) return <InvoicesUnavailable view={view} />;
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
      <Pagination invoices={invoices} view={view} />
      <p class="note">
        {!props.documents && `${TEXT.amountsOnly} `}
        <a class="page-link" href="/account/invoices.csv" download>
          {TEXT.download}
        </a>
      </p>
    </>
  );
}

function InvoicesUnavailable({ view }: { view: AccountView }) {
  return (
    <p class="empty empty--alert">
      <strong>Stripe does not answer right now.</strong>{" "}
      Invoices are kept there, and none is lost.{" "}
      <a aria-current="false" href={accountHref(view, {}, "invoices")}>
        Try again
      </a>
    </p>
  );
}

function NoInvoices({ hasCustomer, view }: InvoicesProps) {
  if (view.after !== undefined) {
    return (
      <p class="empty">
        <strong>There are no older invoices.</strong>{" "}
        <a
          aria-current="false"
          href={accountHref(view, { after: undefined }, "invoices")}
        >
          Newest invoices
        </a>
      </p>
    );
  }
  return (
    <p class="empty">
      <strong>No invoices yet.</strong> {hasCustomer
        ? "The next payment brings one."
        : "This organization has never paid for anything. The first one comes with a plan or a pack of tokens."}
      {" "}
      <a href="/organization#/plans">See the plans</a> or{" "}
      <a href="#credits">buy tokens</a>.
    </p>
  );
}

function InvoiceItem({ invoice, isOverdue, locale }: {
  invoice: Invoice;
  isOverdue: boolean;
  locale: string;
}) {
  const { id, number, status, currency, total, created } = invoice;
  const name = number ?? id;
  return (
    <li class="line line--invoice">
      <p class="line-what">
        {invoice.description ?? name}
        {invoice.description !== null && <span class="line-no">{name}</span>}
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
          {STATUS_LABELS[status]}
        </span>
      </p>
      <p class="line-links">
        <InvoiceLink
          href={invoice.hosted_invoice_url}
          label="View"
          name={name}
        />
        <InvoiceLink href={invoice.invoice_pdf} label="PDF" name={name} />
      </p>
    </li>
  );
}

/** Omits the referrer, so Stripe never sees the account page's URL. */
function InvoiceLink({ href, label, name }: {
  href: string | null;
  label: string;
  name: string;
}) {
  if (href === null) return null;
  return (
    <a
      class="line-link"
      href={href}
      aria-label={`${label}, invoice ${name}`}
      rel="noreferrer"
    >
      {label}
    </a>
  );
}

function Pagination({ invoices, view }: {
  invoices: InvoicePage;
  view: AccountView;
}) {
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
          Newest invoices
        </a>
      )}
      {invoices.hasMore && last && (
        <a
          class="page-link"
          aria-current="false"
          href={accountHref(view, { after: last.id }, "invoices")}
        >
          Older invoices
        </a>
      )}
    </p>
  );
}
