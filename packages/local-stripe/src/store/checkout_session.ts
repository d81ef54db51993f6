import type Stripe from "stripe";
import type { Context } from "../context.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import type { TaxIdTerms } from "../billing/tax_ids.ts";
import type { Redemption, Taxation } from "./schema.ts";
import type { Collection, StoredObject } from "./collections.ts";

type Session = Stripe.Checkout.Session;
/** Members that are sent only if requested or expanded. */
type Omitted =
  | "branding_settings"
  | "excluded_payment_method_types"
  | "line_items"
  | "name_collection"
  | "optional_items"
  | "phone_number_collection"
  | "presentment_details"
  | "redirect_on_completion"
  | "return_url"
  | "tax_id_collection";

type References = "customer" | "invoice" | "payment_intent" | "subscription";
/** A Checkout session as the API shows it, with references as ids. */
export type ApiCheckoutSession =
  & Required<Omit<Session, Omitted | References | "currency_conversion">>
  & Record<References, string | null>
  & { currency_conversion: null; excluded_payment_method_types?: string[] }
  & Partial<Pick<Session, "name_collection" | "tax_id_collection">>;

/** A line of a session, with the amounts at its creation. */
export interface Line {
  id: string;
  price: string;
  quantity: number;
  amountMinor: number;
  /** The discount on the amount due today. */
  discountMinor: number;
  /** The tax on what the discount leaves. */
  taxMinor: number;
  /** `amountMinor` includes the tax. */
  inclusive: boolean;
  currency: string;
  description: string;
  recurring: boolean;
  metadata: Record<string, string>;
}

/** The `subscription_data` of a session. */
export interface SubscriptionTerms {
  description?: string;
  metadata?: Record<string, string>;
  trialEndSec?: number;
  trialPeriodDays?: number;
  missingPaymentMethod?: "cancel" | "create_invoice" | "pause";
}

/** The `payment_intent_data` of a session. */
export interface PaymentTerms {
  description?: string;
  metadata?: Record<string, string>;
  setupFutureUsage?: "off_session" | "on_session";
}

/** A card that awaits authentication; it has no customer until it has paid. */
export interface Pending {
  method: string;
  payer: Payer;
  /** The payer wants to save the card for later purchases. */
  save: boolean;
}

/** A bank debit that has not settled yet. */
export interface BankDebit {
  /** When it settles, in seconds of the customer's time; `null` for never. */
  dueSec: number | null;
  succeeds: boolean;
}

/** The details of the payer from the page. */
export interface Payer {
  email: string;
  name: string;
  country: string;
  /** Empty unless the page asks for it. */
  businessName?: string;
  individualName?: string;
  taxId?: TaxIdTerms;
}

/** The private state of a session. */
export interface CheckoutExtra {
  secret: string;
  lines: Line[];
  subscription: SubscriptionTerms | null;
  payment: PaymentTerms | null;
  redemption: Redemption | null;
  /** The tax, once the customer's country is known. */
  taxation: Taxation | null;
  /** The `allow_redisplay` of a saved card; by default as the payer chooses. */
  allowRedisplay: ApiPaymentMethod["allow_redisplay"] | null;
  pending: Pending | null;
  debit: BankDebit | null;
  /** The error of the latest attempt, for the page after authentication. */
  failure: string | null;
  /** The customer details that the page may overwrite. */
  customerUpdate: { address: boolean; name: boolean };
}

export type StoredSession = StoredObject<ApiCheckoutSession, CheckoutExtra>;

export const CHECKOUT_SESSION: Collection<ApiCheckoutSession, CheckoutExtra> = {
  name: "checkout.session",
  noun: "checkout.session",
  lists: (
    { customer, status },
    { debit },
  ) => [
    ["checkout_sessions"],
    ...(customer === null ? [] : [["checkout_sessions_by_customer", customer]]),
    ...(status === "open" ? [["checkout_sessions_open"]] : []),
    ...(debit && customer !== null ? [["checkout_debits", customer]] : []),
  ],
  upgrade: (extra) => ({
    ...{ redemption: null, taxation: null, allowRedisplay: null },
    ...extra,
    lines: extra.lines.map((line) => ({
      ...{ discountMinor: 0, taxMinor: 0, inclusive: false },
      ...line,
    })),
  }),
};

/** The session as the API shows it. Its URL depends on the server and is never stored. */
export function presentSession(
  context: Context,
  { object, extra }: Pick<StoredSession, "object" | "extra">,
): ApiCheckoutSession {
  const link = `${context.pagesUrl}/c/pay/${extra.secret}`;
  const { after_expiration: after, status } = object;
  const recovery = after?.recovery &&
    {
      ...after.recovery,
      url: after.recovery.expires_at === null ? null : link,
    };
  return {
    ...object,
    after_expiration: after && { recovery: recovery ?? null },
    url: status === "open" ? link : null,
  };
}
