import { asset, Head } from "fresh/runtime";
import { AccountSections } from "@/components/wallet/AccountSections.tsx";
import {
  PendingPurchases,
  showsNotice,
} from "@/components/wallet/PendingPurchases.tsx";
import { BillingAlert } from "@/components/billing/BillingAlert.tsx";
import { FlashMessage } from "@/components/layout/FlashMessage.tsx";
import { Page } from "@/components/layout/Page.tsx";
import {
  OrganizationRequired,
  SignInRequired,
} from "@/components/layout/SignInRequired.tsx";
import {
  type AccountPage,
  accountQuery,
  type AccountView,
  readAccountPage,
} from "@/lib/pages/account_page.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { translator } from "@/lib/pages/translate.ts";
import { consumeFlash, type Flash } from "@/lib/pages/flash.ts";
import { parse, queryOf } from "@/lib/http/schemas/requests.ts";
import { define } from "@/lib/state.ts";
import { visitorPage } from "@/lib/pages/page_route.ts";

interface PageData {
  locale: string;
  /** Null: the visitor acts for no organization. */
  shown: {
    account: AccountPage;
    view: AccountView;
    notice: Flash | null;
  } | null;
}

export const handler = define.handlers(
  visitorPage<PageData>(async (ctx, visitor, read) => {
    const { organization, mayManageBilling: documents } = visitor;
    const { req, url, state: { services } } = ctx;
    const locale = readLocale(req.headers);
    if (organization === null) return { data: { shown: null, locale } };
    const told = await consumeFlash(ctx, organization.id);
    if ("response" in told) return told.response;
    const view = parse(accountQuery, queryOf(url));
    const { notice, headers } = told;
    // If the confirmation timed out, the earlier read is seconds old.
    const recent = notice === "unavailable" ? null : read;
    const asked = { view, read: recent, documents };
    const account = await readAccountPage(services, organization.id, asked);
    return { data: { shown: { account, view, notice }, locale }, headers };
  }),
);

export default define.page<typeof handler>(({ data, state: { services } }) => {
  if (data.visitor === null) {
    return (
      <SignInRequired
        services={services}
        signedOut={data}
        locale={data.locale}
      />
    );
  }
  const { visitor, shown, locale } = data;
  const { organization } = visitor;
  const t = translator(locale);
  const frame = { services, visitor, locale, current: "account" } as const;
  if (organization === null || shown === null) {
    return (
      <Page {...frame} title={t("no_organization.title")}>
        <OrganizationRequired services={services} locale={locale} />
      </Page>
    );
  }
  const { account, view, notice } = shown;
  const { billing, pendingPurchases } = account;
  return (
    <>
      <Head>
        {/* Without keys, Fresh would keep only the last link. */}
        <link key="account" rel="stylesheet" href={asset("/account.css")} />
        <link key="usage" rel="stylesheet" href={asset("/usage.css")} />
        <link key="lines" rel="stylesheet" href={asset("/lines.css")} />
      </Head>
      <Page {...frame} title={t("account.title")}>
        <p class="eyebrow">{organization.name ?? organization.id}</p>
        <h1>{t("account.title")}</h1>
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
          locale={locale}
        />
        <BillingAlert
          subscription={billing.subscription}
          nowMs={services.now()}
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
      </Page>
    </>
  );
});
