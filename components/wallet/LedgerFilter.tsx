import type { AccountView } from "@/lib/pages/account_page.ts";
import { translator } from "@/lib/pages/translate.ts";

/** Filters the ledger by date, and downloads what the filters select. */
export function LedgerFilter(
  { view, locale }: { view: AccountView; locale: string },
) {
  const t = translator(locale);
  return (
    <form class="ledger-filter" method="get" action={`${view.path}#ledger`}>
      {view.kind !== undefined && (
        <input type="hidden" name="kind" value={view.kind} />
      )}
      {view.after !== undefined && (
        <input type="hidden" name="after" value={view.after} />
      )}
      <DateField name="from" label={t("ledger.from")} value={view.from} />
      <DateField name="to" label={t("ledger.to")} value={view.to} />
      <button class="quiet" type="submit">{t("ledger.apply_dates")}</button>
      <a class="page-link" href={csvHref(view)} download>
        {t("account.download_csv")}
      </a>
    </form>
  );
}

function DateField({ name, label, value }: {
  name: string;
  label: string;
  value: string | undefined;
}) {
  return (
    <label>
      {label} <input type="date" name={name} value={value ?? ""} />
    </label>
  );
}

function csvHref({ kind, from, to }: AccountView): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ kind, from, to })) {
    if (value !== undefined) query.set(name, value);
  }
  return `/account/ledger.csv${query.size > 0 ? `?${query}` : ""}`;
}
