import { page } from "fresh";
import { PricingTable } from "@/components/billing/PricingTable.tsx";
import { Page } from "@/components/layout/Page.tsx";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import type { Interval, Prices } from "@/lib/billing/plans.ts";
import { limitByAddress } from "@/lib/http/rate_limit.ts";
import { readPagePrices } from "@/lib/pages/billing_view.ts";
import { readIntervalChoice } from "@/lib/pages/interval_choice.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { limitPage, pageHandler } from "@/lib/pages/page_handler.ts";
import { findVisitor, PERSONAL, type Visitor } from "@/lib/pages/page_route.ts";
import { translator } from "@/lib/pages/translate.ts";
import { hasCode } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import { define } from "@/lib/state.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

interface PageData {
  prices: Prices;
  locale: string;
  chosen: Interval | null;
  visitor: Visitor | null;
  /** Null without an organization, or if it has never subscribed. */
  subscription: Subscription | null;
}

export const handler = define.handlers(pageHandler<PageData>({
  async GET(ctx) {
    const { req, state: { services } } = ctx;
    const visitor = await findVisitorIfPossible(services, req);
    const locale = readLocale(req.headers);
    const chosen = readIntervalChoice(req.headers);
    const orgId = visitor?.organization?.id;
    if (orgId === undefined) {
      return await limitByAddress(ctx, async () => {
        const prices = await readPagePrices(services);
        const data = { prices, locale, chosen, visitor, subscription: null };
        const headers = { "Cache-Control": "no-cache" };
        return page(data, { headers: visitor === null ? headers : PERSONAL });
      });
    }
    return await limitPage(ctx, orgId, async (read) => {
      const prices = await readPagePrices(services);
      const { subscription } = read ??
        await services.store.readBilling(orgId, services.now());
      const data = { prices, locale, chosen, visitor, subscription };
      return page(data, { headers: PERSONAL });
    });
  },
}));

/** Prices are public, so they are shown while sessions can't be verified. */
async function findVisitorIfPossible(
  services: Services,
  req: Request,
): Promise<Visitor | null> {
  try {
    return await findVisitor(services, req);
  } catch (error) {
    if (hasCode(error, "unavailable")) return null;
    throw error;
  }
}

const PATH = "/pricing";

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { prices, locale, chosen, visitor, subscription } = data;
  const { supportUrl } = services.config.brand;
  const t = translator(locale);
  return (
    <Page
      title={t("pricing.title")}
      current="pricing"
      services={services}
      locale={locale}
      visitor={visitor}
    >
      <p class="eyebrow">{t("pricing.title")}</p>
      <h1>{t("pricing.heading")}</h1>
      <p class="lead">
        {t("pricing.lead")}
      </p>
      <PricingTable
        prices={prices}
        locale={locale}
        chosen={chosen}
        context={visitor?.organization
          ? {
            orgId: visitor.organization.id,
            subscription,
            prices,
            locale,
            mayManageBilling: visitor.mayManageBilling,
            signInHref: signInUrlFor(services.config, PATH) ?? PATH,
          }
          : null}
      />
      {supportUrl && (
        <p class="pricing-contact">
          {t.rich("pricing.contact", {
            link: (text) => <a href={supportUrl}>{text}</a>,
          })}
        </p>
      )}
    </Page>
  );
});
