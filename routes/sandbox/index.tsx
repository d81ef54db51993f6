import { page } from "fresh";
import { ClockPanel } from "@/components/sandbox/ClockPanel.tsx";
import { EventFilter, EventList } from "@/components/sandbox/EventList.tsx";
import { HoldPanel } from "@/components/sandbox/HoldPanel.tsx";
import { SandboxPage } from "@/components/sandbox/SandboxPage.tsx";
import { TestCards } from "@/components/sandbox/TestCards.tsx";
import { publicAddressOf, seeOther } from "@/lib/auth/local_sign_in.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { readForm } from "@/lib/http/request.ts";
import {
  readChoice,
  requireSandboxEvents,
} from "@/lib/pages/sandbox_console.ts";
import {
  HOLD_ACTIONS,
  type SandboxClock,
  type SandboxEventPage,
} from "@/lib/sandbox.ts";
import { define } from "@/lib/state.ts";

interface Log extends SandboxEventPage {
  clocks: SandboxClock[];
  type: string | null;
  /** Whether this is the first page, with the newest events. */
  isFirst: boolean;
  locale: string;
}

export const handler = define.handlers(pageHandler<Log>({
  async GET({ req, url, state: { services } }) {
    const events = requireSandboxEvents(services);
    const elsewhere = publicAddressOf(services.config, url);
    if (elsewhere !== null) return seeOther(elsewhere);
    const type = readQuery(url, "type", /^[a-z0-9_.]{1,250}$/);
    const before = readQuery(url, "before", /^\d{1,40}$/);
    const [log, clocks] = await Promise.all([
      events.list({ type, before }),
      events.clocks(),
    ]);
    const locale = readLocale(req.headers);
    const data = { ...log, clocks, type, isFirst: before === null, locale };
    return page(data, { headers: { "Cache-Control": "no-store" } });
  },
  async POST({ req, state: { services } }) {
    const events = requireSandboxEvents(services);
    requireSameOrigin(req.headers, services.config.appUrl);
    const form = await readForm(req);
    await events.applyHold(readChoice(form, "keep", HOLD_ACTIONS));
    return seeOther("/sandbox");
  },
}));

/** Treats a malformed value as missing. */
function readQuery(url: URL, name: string, pattern: RegExp): string | null {
  const value = url.searchParams.get(name);
  return value !== null && pattern.test(value) ? value : null;
}

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { events, type, isFirst, locale } = data;
  return (
    <SandboxPage title="Sandbox console" services={services} locale={locale}>
      <p class="eyebrow">Sandbox</p>
      <h1>Sandbox console</h1>
      <p class="lead">
        Webhook events of the local Stripe, and the time of each customer. Only
        the sandbox has this page.
      </p>
      <section class="part" aria-labelledby="clocks">
        <h2 id="clocks">Time</h2>
        <ClockPanel clocks={data.clocks} locale={locale} />
      </section>
      <section class="part" aria-labelledby="events">
        <h2 id="events">Events</h2>
        <HoldPanel held={data.held} />
        <EventFilter types={data.types} chosen={type} />
        <EventList events={events} locale={locale} />
        <Pages type={type} next={data.next} isFirst={isFirst} />
      </section>
      <section class="part" aria-labelledby="cards">
        <h2 id="cards">Test cards</h2>
        <TestCards />
      </section>
    </SandboxPage>
  );
});

function Pages({ type, next, isFirst }: {
  type: string | null;
  next: string | null;
  isFirst: boolean;
}) {
  const to = (before: string | null) => {
    const query = new URLSearchParams();
    if (type !== null) query.set("type", type);
    if (before !== null) query.set("before", before);
    return `/sandbox?${query}#events`;
  };
  if (isFirst && next === null) return null;
  return (
    <nav class="actions" aria-label="Pages of events">
      {next !== null && (
        <a class="button plain" href={to(next)}>
          Older events
        </a>
      )}
      {!isFirst && <a class="button plain" href={to(null)}>Newest events</a>}
    </nav>
  );
}
