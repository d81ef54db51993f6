import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { InvoiceList } from "@/components/billing/InvoiceList.tsx";
import { NextInvoice } from "@/components/billing/NextInvoice.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import { isOverdue } from "@/lib/billing/subscription.ts";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import {
  type AccountView,
  type InvoicesPage,
  invoicesPageQuery,
  readInvoicesPage,
} from "@/lib/pages/account_page.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";
import { translator } from "@/lib/pages/translate.ts";
import { define } from "@/lib/state.ts";

interface PageData extends InvoicesPage {
  view: AccountView;
}

export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, visitor, read) => {
    const { url, state: { services } } = ctx;
    const { organization, mayManageBilling: documents } = visitor;
    const view = {
      ...parse(invoicesPageQuery, queryOf(url)),
      path: url.pathname,
    };
    const options = { view, read, documents };
    const shown = await readInvoicesPage(services, organization.id, options);
    return { data: { ...shown, view } };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, billing, next, invoices, view, locale } = data;
  const { subscription, hasCustomer } = billing;
  const { mayManageBilling } = visitor;
  const t = translator(locale);
  return (
    <OrganizationPage
      section="invoices"
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <BillingAlert
        nowMs={billing.nowMs}
        page="organization"
        subscription={subscription}
        mayManageBilling={mayManageBilling}
        locale={locale}
      />
      {next !== null && <NextInvoice invoice={next} locale={locale} />}
      <section id="invoices" class="list" aria-label={t("account.invoices")}>
        <InvoiceList
          invoices={invoices}
          hasCustomer={hasCustomer}
          view={view}
          locale={locale}
          isOverdue={isOverdue(subscription)}
          documents={mayManageBilling}
        />
      </section>
    </OrganizationPage>
  );
});
