import type { ComponentChildren } from "preact";
import { StandIn } from "../layout.tsx";
import type { LineCopy, OrderCopy } from "./checkout_copy.ts";
import { BUSINESS_NAME } from "../../context.ts";

/** The frame of Checkout: what is bought on one side, how it is paid on the other. */
export function CheckoutFrame(props: {
  title: string;
  stylePath: string;
  backUrl: string | null;
  order: OrderCopy | null;
  children: ComponentChildren;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${props.title} · ${BUSINESS_NAME}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={props.stylePath} />
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <div class="frame checkout">
          <header class="brand">
            <div class="brand-inner">
              <StandIn />
              <BackLink url={props.backUrl} />
              {props.order && <Order order={props.order} />}
            </div>
          </header>
          <main class="content" id="content">
            <div class="content-inner">{props.children}</div>
          </main>
        </div>
      </body>
    </html>
  );
}

function BackLink({ url }: { url: string | null }) {
  const mark = (
    <>
      <span class="brand-mark" aria-hidden="true">
        {BUSINESS_NAME.slice(0, 1)}
      </span>
      {BUSINESS_NAME}
    </>
  );
  if (url === null) return <p class="brand-name">{mark}</p>;
  return (
    <a
      class="brand-name back"
      href={url}
      rel="noreferrer"
      aria-label={`Back to ${BUSINESS_NAME}`}
    >
      <span aria-hidden="true">←</span> {mark}
    </a>
  );
}

function Order({ order }: { order: OrderCopy }) {
  return (
    <div class="order">
      <h1 class="order-title">{order.title}</h1>
      <p class="order-price">
        {order.price} {order.per && <span>{order.per}</span>}
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
