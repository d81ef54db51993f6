import { Field, type FormState, PostButton } from "../forms.tsx";
import { BrandLinks, BrandMark, StandIn } from "../document.tsx";
import type { DiscountCopy, LineCopy, OrderCopy } from "./checkout_copy.ts";

/** The form for a promotion code. */
export interface PromotionForm {
  action: string;
  /** The code as entered and its error message. */
  state: FormState;
}

/** Checkout's brand panel: the seller and the order. */
export function OrderSummary(
  { backUrl, order, promotion }: {
    backUrl: string | null;
    order: OrderCopy | null;
    promotion: PromotionForm | null;
  },
) {
  return (
    <>
      <StandIn />
      <BackLink url={backUrl} />
      {order && <Order order={order} promotion={promotion} />}
      <BrandLinks />
    </>
  );
}

function BackLink({ url }: { url: string | null }) {
  if (url === null) {
    return (
      <p class="brand-name">
        <BrandMark />
      </p>
    );
  }
  return (
    <a
      class="brand-name back"
      href={url}
      rel="noreferrer"
    >
      <span aria-hidden="true">←</span>{" "}
      <span class="visually-hidden">Back to</span> <BrandMark />
    </a>
  );
}

function Order(
  { order, promotion }: { order: OrderCopy; promotion: PromotionForm | null },
) {
  return (
    <div class="order">
      <h1 class="order-title">{order.title}</h1>
      <p class="order-price">
        {order.price} {order.interval && <span>{order.interval}</span>}
      </p>
      {order.trial && <p class="order-trial">{order.trial}</p>}
      <ul class="order-lines">
        {order.lines.map((line) => <OrderLine key={line.id} line={line} />)}
      </ul>
      {order.subtotal && (
        <p class="order-row">
          <span>Subtotal</span> <span>{order.subtotal}</span>
        </p>
      )}
      {order.discount && (
        <Discount discount={order.discount} promotion={promotion} />
      )}
      {order.tax && (
        <p class="order-row">
          <span>{order.tax.label}</span> <span>{order.tax.amount}</span>
        </p>
      )}
      {promotion && !order.discount && <AddPromotion {...promotion} />}
      <p class="order-total">
        <span>Total due today</span> <span>{order.dueToday}</span>
      </p>
    </div>
  );
}

function OrderLine({ line }: { line: LineCopy }) {
  return (
    <li>
      <span class="order-name">
        {line.name}
        {line.quantity > 1 && <span class="order-count">× {line.quantity}
        </span>}
      </span>
      <span class="order-amount">{line.amount}</span>
      {(line.description || line.each) && (
        <span class="order-note">
          {[line.description, line.each].filter(Boolean).join(" · ")}
        </span>
      )}
    </li>
  );
}

function Discount(
  { discount, promotion }: {
    discount: DiscountCopy;
    promotion: PromotionForm | null;
  },
) {
  const { amount, name, terms } = discount;
  return (
    <div class="order-row order-discount">
      <span>
        <strong class="order-code">{name}</strong>
        {promotion && (
          <PostButton
            action={promotion.action}
            class="order-link"
            label={`Remove ${name}`}
            field={{ name: "remove", value: "yes" }}
          >
            Remove
          </PostButton>
        )}
      </span>
      <span>{amount}</span>
      <span class="order-note">{terms}</span>
    </div>
  );
}

function AddPromotion({ action, state }: PromotionForm) {
  return (
    <details class="promotion" open={state.errors["code"] !== undefined}>
      <summary class="order-link">Add promotion code</summary>
      <form method="post" action={action} novalidate>
        <Field
          name="code"
          label="Promotion code"
          state={state}
          maxLength={500}
        />
        <button class="quiet" type="submit">Apply</button>
      </form>
    </details>
  );
}
