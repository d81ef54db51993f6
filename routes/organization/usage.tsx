import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { NoAccess } from "@/components/layout/NoAccess.tsx";
import { OrganizationPage } from "@/components/layout/OrganizationPage.tsx";
import {
  PendingPurchases,
  showsNotice,
} from "@/components/wallet/PendingPurchases.tsx";
import { UsageSections } from "@/components/wallet/UsageSections.tsx";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import {
  type AccountView,
  readUsagePage,
  type UsagePage,
  usageQuery,
} from "@/lib/pages/account_page.ts";
import { consumeFlash, type Flash } from "@/lib/pages/flash.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";
import { define } from "@/lib/state.ts";

interface PageData {
  usagePage: UsagePage;
  view: AccountView;
  notice: Flash | null;
}

export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, { organization }, read) => {
    const { url, state: { services } } = ctx;
    const flash = await consumeFlash(ctx, organization.id);
    if ("response" in flash) return flash.response;
    const { notice, headers } = flash;
    const view = { ...parse(usageQuery, queryOf(url)), path: url.pathname };
    // If the confirmation timed out, the earlier read is seconds old.
    const recent = notice === "unavailable" ? null : read;
    const options = { view, read: recent };
    const usagePage = await readUsagePage(services, organization.id, options);
    return { data: { usagePage, view, notice }, headers };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.access !== "member") {
    return <NoAccess services={services} data={data} />;
  }
  const { visitor, usagePage, view, notice, locale } = data;
  const { billing, pendingPurchases } = usagePage;
  const { mayManageBilling } = visitor;
  const { nowMs } = billing;
  return (
    <OrganizationPage
      section="usage"
      services={services}
      visitor={visitor}
      locale={locale}
    >
      <FlashMessage
        notice={showsNotice(pendingPurchases, notice) ? null : notice}
        page="usage"
        billing={billing}
        locale={locale}
      />
      <PendingPurchases
        purchases={pendingPurchases}
        page="usage"
        notice={notice}
        mayManageBilling={mayManageBilling}
        locale={locale}
      />
      <BillingAlert
        subscription={billing.subscription}
        page="organization"
        nowMs={nowMs}
        mayManageBilling={mayManageBilling}
        locale={locale}
      />
      <UsageSections
        usagePage={usagePage}
        visitor={visitor}
        view={view}
        nowMs={nowMs}
        locale={locale}
      />
    </OrganizationPage>
  );
});
