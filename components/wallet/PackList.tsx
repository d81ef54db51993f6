import { CHECKOUT_PATH } from "@/components/layout/hrefs.ts";
import { forOrganization } from "@/lib/auth/page_organization.ts";
import {
  CREDIT_PACKS,
  type CreditPack,
  type Prices,
} from "@/lib/billing/plans.ts";
import { formatPrice } from "@/lib/pages/formats.ts";
import { localized, translator } from "@/lib/pages/translate.ts";

interface PacksProps {
  orgId: string;
  prices: Prices;
  locale: string;
  /** If false, the packs are shown without buttons. */
  mayManageBilling: boolean;
}

/** The credit packs for sale: one form with a submit button per pack. */
export function PackList(
  { orgId, prices, locale, mayManageBilling }: PacksProps,
) {
  const t = translator(locale);
  const packs = CREDIT_PACKS.map((pack) => (
    <li key={pack.id} class="pack column">
      <Pack pack={pack} prices={prices} locale={locale} />
      {mayManageBilling && (
        <button
          type="submit"
          class="button plain"
          formAction={forOrganization(CHECKOUT_PATH, orgId)}
          name="credits"
          value={pack.id}
          disabled={!prices.has(pack.lookupKey)}
        >
          {t("packs.buy", { pack: localized(pack.name, locale) })}
        </button>
      )}
    </li>
  ));
  if (mayManageBilling) {
    return (
      <form method="post" action={CHECKOUT_PATH}>
        <ul class="packs columns">{packs}</ul>
        {CREDIT_PACKS.every(({ lookupKey }) => prices.has(lookupKey)) || (
          <p class="note">{t("plan.prices_unknown")}</p>
        )}
      </form>
    );
  }
  return (
    <>
      <ul class="packs columns">{packs}</ul>
      <p class="note">{t("packs.forbidden")}</p>
    </>
  );
}

function Pack({ pack, prices, locale }: {
  pack: CreditPack;
  prices: Prices;
  locale: string;
}) {
  const t = translator(locale);
  const price = prices.get(pack.lookupKey);
  return (
    <div>
      <h3 class="pack-name">{localized(pack.name, locale)}</h3>
      <p class="pack-tokens">
        {t.rich("packs.tokens", {
          count: pack.tokens,
          strong: (text) => <strong>{text}</strong>,
        })}
      </p>
      <p class="soft">
        {price === undefined
          ? t("price.unavailable")
          : t("packs.once", { amount: formatPrice(price, locale) })}
      </p>
    </div>
  );
}
