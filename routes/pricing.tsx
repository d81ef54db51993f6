import { page } from "fresh";
import { LimitsTable } from "@/components/billing/LimitsTable.tsx";
import { Page } from "@/components/layout/Page.tsx";
import { PricingTable } from "@/components/billing/PricingTable.tsx";
import { limitByAddress } from "@/lib/http/rate_limit.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { translator } from "@/lib/pages/translate.ts";
import { readPagePrices } from "@/lib/pages/billing_view.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { PLANS } from "@/lib/billing/plans.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(pageHandler({
  GET: (ctx) =>
    limitByAddress(ctx, async () => {
      const { req, state: { services } } = ctx;
      const prices = await readPagePrices(services);
      const headers = { "Cache-Control": "no-cache" };
      return page({ prices, locale: readLocale(req.headers) }, { headers });
    }),
}));

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { prices, locale } = data;
  const t = translator(locale);
  return (
    <Page
      title={t("pricing.title")}
      services={services}
      locale={locale}
      current="pricing"
    >
      <p class="eyebrow">{t("pricing.title")}</p>
      <h1>{t("pricing.heading")}</h1>
      <p class="lead">
        {t("pricing.lead")}
      </p>
      <PricingTable prices={prices} locale={locale} />
      <h2>{t("pricing.compare")}</h2>
      <LimitsTable plans={PLANS} prices={prices} locale={locale} />
      <p class="actions">
        <a class="button" href="/organization#/plans">
          {t("action.to_organization")}
        </a>
      </p>
    </Page>
  );
});
