import {
  BrandLinks,
  BrandMark,
  StandIn,
  useBusinessName,
} from "../document.tsx";
import type { LineCopy, OrderCopy } from "./checkout_copy.ts";

/** Checkout's brand panel: the seller and the order. */
export function OrderSummary(
  { backUrl, order }: { backUrl: string | null; order: OrderCopy | null },
) {
  return (
    <>
      <StandIn />
      <BackLink url={backUrl} />
      {order && <Order order={order} />}
      <BrandLinks />
    </>
  );
}

function BackLink({ url }: { url: string | null }) {
  const name = useBusinessName();
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
      aria-label={`Back to ${name}`}
    >
      <span aria-hidden="true">←</span> <BrandMark />
    </a>
  );
}

function Order({ order }: { order: OrderCopy }) {
  return (
    <div class="order">
      <h1 class="order-title">{order.title}</h1>
      <p class="order-price">
        {order.price} {order.interval && <span>{order.interval}</span>}
      </p>
      {order.trial && <p class="order-trial">{order.trial}</p>}
      <ul class="order-lines">
        {order.lines.map((line) => <OrderLine key={line.id} line={line} />)}
        {order.discount && (
          <li>
            <span class="order-name">Discount</span>
            <span class="order-amount">{order.discount}</span>
          </li>
        )}
      </ul>
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
