import { Moment } from "@/components/layout/Time.tsx";
import type { SandboxAttempt, SandboxDelivery } from "@/lib/sandbox.ts";
import { DeliveryState } from "./EventList.tsx";

/** An event's deliveries to its endpoints, with every attempt. */
export function DeliveryList({ deliveries, locale }: {
  deliveries: readonly SandboxDelivery[];
  locale: string;
}) {
  if (deliveries.length === 0) {
    return <p class="soft">No endpoint is subscribed to this type.</p>;
  }
  return (
    <ol class="deliveries">
      {deliveries.map((delivery) => (
        <li key={delivery.id}>
          <div class="delivery-head">
            <code>{delivery.url}</code>
            <DeliveryState deliveries={[delivery]} />
          </div>
          <Attempts delivery={delivery} locale={locale} />
        </li>
      ))}
    </ol>
  );
}

function Attempts({ delivery, locale }: {
  delivery: SandboxDelivery;
  locale: string;
}) {
  const { attempts, manual, dueAtMs, state } = delivery;
  return (
    <ul class="attempts soft">
      {attempts.map((attempt, index) => (
        <li key={index}>
          <Moment ms={attempt.atMs} locale={locale} />
          {`: ${attemptLabel(attempt)}${manual ? ", sent manually" : ""}`}
        </li>
      ))}
      {state === "waiting" && (
        <li>
          {"Next attempt: "}
          <Moment ms={dueAtMs} locale={locale} />
        </li>
      )}
    </ul>
  );
}

function attemptLabel({ status, failure }: SandboxAttempt): string {
  if (failure === null) return `delivered, status ${status}`;
  return `failed, ${failure}`;
}
