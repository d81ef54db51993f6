import { page } from "fresh";
import { DeliveryList } from "@/components/sandbox/DeliveryList.tsx";
import {
  type DescriptionItem,
  DescriptionList,
} from "@/components/layout/DescriptionList.tsx";
import { EventType } from "@/components/sandbox/EventList.tsx";
import { SandboxPage } from "@/components/sandbox/SandboxPage.tsx";
import { ResendPanel } from "@/components/sandbox/ResendPanel.tsx";
import { Moment } from "@/components/layout/Time.tsx";
import { BillingError } from "@/lib/errors.ts";
import { publicAddressOf, seeOther } from "@/lib/auth/local_sign_in.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { readForm } from "@/lib/http/request.ts";
import {
  readChoice,
  requireSandboxEvents,
} from "@/lib/pages/sandbox_console.ts";
import { RESEND_MODES, type SandboxEvent } from "@/lib/sandbox.ts";
import { define } from "@/lib/state.ts";

interface Shown {
  event: SandboxEvent;
  locale: string;
}

export const handler = define.handlers(pageHandler<Shown>({
  async GET({ req, url, params, state: { services } }) {
    const events = requireSandboxEvents(services);
    const elsewhere = publicAddressOf(services.config, url);
    if (elsewhere !== null) return seeOther(elsewhere);
    const event = await events.find(params["id"] ?? "");
    if (event === null) throw eventNotFound();
    const data = { event, locale: readLocale(req.headers) };
    return page(data, { headers: { "Cache-Control": "no-store" } });
  },
  async POST({ req, params, state: { services } }) {
    const events = requireSandboxEvents(services);
    requireSameOrigin(req.headers, services.config.appUrl);
    const mode = readChoice(await readForm(req), "send", RESEND_MODES);
    const id = params["id"] ?? "";
    if (!await events.resend(id, mode)) throw eventNotFound();
    return seeOther(`/sandbox/events/${id}#deliveries`);
  },
}));

function eventNotFound(): BillingError {
  return new BillingError("not_found", "Event not found");
}

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { event, locale } = data;
  return (
    <SandboxPage title={event.type} services={services} locale={locale}>
      <p class="eyebrow">
        <a href="/sandbox#events">All events</a>
      </p>
      <h1 class="event-title">
        <EventType type={event.type} />
      </h1>
      <DescriptionList items={eventDetails(event, locale)} />
      <section class="part" aria-labelledby="deliveries">
        <h2 id="deliveries">Deliveries</h2>
        <DeliveryList deliveries={event.deliveries} locale={locale} />
        <ResendPanel eventId={event.id} />
      </section>
      <section class="part" aria-labelledby="body">
        <h2 id="body">Payload</h2>
        <pre class="json" tabIndex={0} aria-labelledby="body">
          <code>{event.json}</code>
        </pre>
      </section>
    </SandboxPage>
  );
});

function eventDetails(
  { id, objectId, createdAtMs }: SandboxEvent,
  locale: string,
): DescriptionItem[] {
  return [
    ["Event", <code key="id">{id}</code>],
    ["Object", objectId ? <code key="object">{objectId}</code> : "No ID"],
    ["Created", <Moment key="when" ms={createdAtMs} locale={locale} />],
  ];
}
