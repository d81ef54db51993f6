import { AccountSections } from "@/components/wallet/AccountSections.tsx";
import {
  PendingPurchases,
  showsNotice,
} from "@/components/wallet/PendingPurchases.tsx";
import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import {
  type AccountPage,
  accountQuery,
  type AccountView,
  readAccountPage,
} from "@/lib/pages/account_page.ts";
import { translator } from "@/lib/pages/translate.ts";
import { consumeFlash, type Flash } from "@/lib/pages/flash.ts";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

interface PageData {
  account: AccountPage;
  view: AccountView;
  notice: Flash | null;
}

export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, visitor, read) => {
    const { organization, mayManageBilling: documents } = visitor;
    const { url, state: { services } } = ctx;
    const flash = await consumeFlash(ctx, organization.id);
    if ("response" in flash) return flash.response;
    const view = { ...parse(accountQuery, queryOf(url)), path: url.pathname };
    const { notice, headers } = flash;
    // If the confirmation timed out, the earlier read is seconds old.
    const recent = notice === "unavailable" ? null : read;
    const options = { view, read: recent, documents };
    const account = await readAccountPage(services, organization.id, options);
    return { data: { account, view, notice }, headers };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, account, view, notice, locale } = data;
  const t = translator(locale);
  const { billing, pendingPurchases } = account;
  return (
    <OrganizationPage
      section="usage"
      heading={t("account.title")}
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <FlashMessage
        notice={showsNotice(pendingPurchases, notice) ? null : notice}
        billing={billing}
        page="account"
        locale={locale}
      />
      <PendingPurchases
        purchases={pendingPurchases}
        notice={notice}
        mayManageBilling={visitor.mayManageBilling}
        page="account"
        locale={locale}
      />
      <BillingAlert
        subscription={billing.subscription}
        nowMs={billing.nowMs}
        locale={locale}
        mayManageBilling={visitor.mayManageBilling}
        page="account"
      />
      <AccountSections
        services={services}
        visitor={visitor}
        account={account}
        view={view}
        locale={locale}
      />
    </OrganizationPage>
  );
});
