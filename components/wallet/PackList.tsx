import {
  CREDIT_PACKS,
  type CreditPack,
  type Prices,
} from "@/lib/billing/plans.ts";
import { formatCount, formatPrice } from "@/lib/pages/formats.ts";

const CHECKOUT = "/api/v1/operations/payment/checkout";

interface PacksProps {
  prices: Prices;
  locale: string;
  /** If false, the packs are shown without buttons. */
  mayManageBilling: boolean;
}

/** The token packs for sale: one form with a submit button per pack. */
export function PackList({ prices, locale, mayManageBilling }: PacksProps) {
  const packs = CREDIT_PACKS.map((pack) => (
    <li key={pack.id} class="pack column">
      <Pack pack={pack} prices={prices} locale={locale} />
      {mayManageBilling && (
        <button
          type="submit"
          class="button plain"
          name="credits"
          value={pack.id}
        >
          {`Buy ${pack.name}`}
        </button>
      )}
    </li>
  ));
  if (mayManageBilling) {
    return (
      <form method="post" action={CHECKOUT}>
        <ul class="packs columns">{packs}</ul>
      </form>
    );
  }
  return (
    <>
      <ul class="packs columns">{packs}</ul>
      <p class="note">
        Your role may not buy tokens. Ask an admin of your organization to do
        it, or to change your role.
      </p>
    </>
  );
}

function Pack({ pack, prices, locale }: {
  pack: CreditPack;
  prices: Prices;
  locale: string;
}) {
  const price = prices.get(pack.lookupKey);
  return (
    <div>
      <h3 class="pack-name">{pack.name}</h3>
      <p class="pack-tokens">
        <strong>{formatCount(pack.tokens, locale)}</strong> tokens
      </p>
      <p class="soft">
        {price === undefined
          ? "Price shown at checkout"
          : `${formatPrice(price, locale)}, once`}
      </p>
    </div>
  );
}
