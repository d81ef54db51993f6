import { page } from "fresh";
import { LimitsTable } from "@/components/billing/LimitsTable.tsx";
import { Page } from "@/components/layout/Page.tsx";
import { PricingTable } from "@/components/billing/PricingTable.tsx";
import { countAnonymous } from "@/lib/http/authenticate_request.ts";
import { readLocale } from "@/lib/pages/formats.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { readPagePrices } from "@/lib/pages/billing_view.ts";
import { PLANS } from "@/lib/billing/plans.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(pageHandler({
  async GET(ctx) {
    const { req, state: { services } } = ctx;
    await countAnonymous(ctx);
    const prices = await readPagePrices(services);
    const headers = { "Cache-Control": "no-cache", "Vary": "Accept-Language" };
    return page({ prices, locale: readLocale(req.headers) }, { headers });
  },
}));

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { prices, locale } = data;
  return (
    <Page title="Pricing" services={services} current="pricing">
      <p class="eyebrow">Pricing</p>
      <h1>Three plans, one bill</h1>
      <p class="lead">
        Start without a card. A plan belongs to the whole organization, and can
        be changed or ended from Manage Billing.
      </p>
      <PricingTable prices={prices} locale={locale} />
      <h2>Limits side by side</h2>
      <LimitsTable plans={PLANS} prices={prices} locale={locale} />
      <p class="actions">
        <a class="button" href="/organization#/plans">
          Go to your organization
        </a>
      </p>
    </Page>
  );
});
