import { createLocalStripe, type LocalStripe } from "local-stripe";
import type Stripe from "stripe";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import type { Context } from "@/packages/local-stripe/src/context.ts";
import { catchUp } from "@/packages/local-stripe/src/billing/scheduler.ts";
import { Store } from "@/packages/local-stripe/src/store/store.ts";
import { setUpCatalogue } from "@/tasks/catalogue.ts";
import { setUpPortal } from "@/tasks/portal_configuration.ts";
import type { Faults, StripeFault } from "./faults.ts";
import { MemoryKv } from "./memory_kv.ts";
import type { Actor, Scheduler } from "./scheduler.ts";

/** Origin of the hosted pages. */
const PAGES = "https://stripe.simulation";
const ROOT = ["sandbox", "stripe"];

/** An event as Stripe sends it. */
export interface StripeEvent {
  id: string;
  type: string;
  created: number;
  data: { object: Record<string, unknown> };
}

/** An API response, parsed. */
export interface ApiResponse {
  status: number;
  // deno-lint-ignore no-explicit-any -- any object of Stripe's API
  body: any;
}

/** The local Stripe in the simulation's time, behind an unreliable network. */
export class SimulatedStripe {
  readonly actor: Actor = { name: "stripe", alive: true };
  readonly #local: LocalStripe;
  readonly #context: Context;
  #seenEvents = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly faults: Faults,
    private readonly kv: MemoryKv,
  ) {
    const now = () => scheduler.nowMs;
    const options = { kv: kv as unknown as Deno.Kv, pagesUrl: PAGES, now };
    this.#local = createLocalStripe(options);
    const store = new Store(options.kv);
    this.#context = {
      ...options,
      store,
      businessName: "Portico",
      branding: {},
    };
    this.newEvents(); // those of the set-up
  }

  /** Sends the calls of an app process. */
  readonly fetch: typeof fetch = async (input, init) => {
    const { signal = null, ...sent } = init ?? {};
    const request = new Request(input, sent);
    const path = `${request.method} ${new URL(request.url).pathname}`;
    const fault = this.faults.ofStripeCall();
    if (fault !== "none") this.scheduler.note(`  fault: ${fault}, ${path}`);
    // Stripe continues when the caller gives up or dies.
    const answer = this.scheduler.scope.run(
      this.actor,
      () => this.#carry(request, path, fault),
    );
    const response = await untilAborted(answer, signal);
    return await this.scheduler.operation(`answer ${path}`, () => response);
  };

  async #carry(
    request: Request,
    path: string,
    fault: StripeFault,
  ): Promise<Response> {
    const { scheduler, faults } = this;
    if (fault === "slow") await scheduler.sleep(path, faults.stripeDelayMs());
    const { pending } = await scheduler.operation(path, () => ({
      pending: fault === "down" ? lost() : this.#handle(request, fault),
    }));
    const response = await pending;
    if (fault === "slow_answer") {
      await scheduler.sleep(`answer ${path}`, faults.stripeDelayMs());
    }
    return fault === "lost_answer" ? lost() : response;
  }

  /** With faults, the local Stripe answers as Stripe would. */
  #handle(request: Request, fault: StripeFault): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    const { method } = request;
    const { controls } = this.#local;
    if (fault === "rate_limited" || fault === "server_error") {
      controls.fail({ kind: fault, method, path });
    } else if (fault === "in_progress") {
      const delayMs = this.faults.stripeDelayMs();
      controls.fail({ kind: "slow", delayMs, method, path });
    }
    return this.#local.fetch(request);
  }

  /** An API call by the operator, which nothing delays. */
  async call(
    method: string,
    path: string,
    form: Record<string, string> = {},
  ): Promise<ApiResponse> {
    const body = new URLSearchParams(form);
    const response = await this.#now(() =>
      this.#local.fetch(`https://api.stripe.com${path}`, {
        method,
        headers: { Authorization: "Bearer sk_test_operator" },
        ...(method === "POST" && { body }),
      })
    );
    return { status: response.status, body: await response.json() };
  }

  /** A request to a hosted page; a form is posted. */
  async visit(url: string, form?: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(url, PAGES);
    return await this.#now(() =>
      this.#local.handle(
        new Request(`${PAGES}${pathname}`, {
          headers: { "Sec-Fetch-Site": "same-origin" },
          ...(form && { method: "POST", body: new URLSearchParams(form) }),
        }),
      )
    );
  }

  /** Does the billing work that is due. */
  async catchUp(): Promise<void> {
    const nowSec = this.scheduler.nowMs / 1_000;
    for (const { id } of this.all<{ id: string }>("customer")) {
      const account = this.kv.peek([...ROOT, "billing", id]) as
        | { quietUntilSec: number }
        | undefined;
      if (account === undefined || nowSec < account.quietUntilSec) continue;
      await this.#now(() => catchUp(this.#context, id));
    }
  }

  /** All objects of a type, in the order of their ids. */
  all<T>(type: string): (T & { deleted: boolean })[] {
    const saved = this.kv.values([...ROOT, "object", type]);
    return (saved as { object: T; deleted: boolean }[]).map((
      { object, deleted },
    ) => ({ ...object, deleted }));
  }

  /** The events since the last call, in their order. */
  newEvents(): StripeEvent[] {
    const prefix = [...ROOT, "list", "events_emitted"];
    const added = this.kv.values(prefix, this.#seenEvents) as string[];
    this.#seenEvents += added.length;
    return added.flatMap((id) =>
      (this.kv.peek([...ROOT, "object", "event", id]) as
        | { object: StripeEvent }
        | undefined)?.object ?? []
    );
  }

  /** One operation of Stripe, which the network does not touch. */
  async #now<T>(work: () => Promise<T>): Promise<T> {
    const { pending } = await this.scheduler.scope.run(
      this.actor,
      () =>
        this.scheduler.operation("direct call", () => ({ pending: work() })),
    );
    return await pending;
  }
}

function lost(): Promise<never> {
  return Promise.reject(new TypeError("error sending request"));
}

function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | null,
): Promise<T> {
  if (signal === null) return work;
  work.catch(() => {}); // the caller may have given up
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** As an operator can, in the Dashboard. */
async function allowPauses({ billingPortal }: Stripe): Promise<void> {
  const { data } = await billingPortal.configurations.list();
  const features = { subscription_pause: { enabled: true } };
  for (const { id } of data) {
    await billingPortal.configurations.update(id, { features });
  }
}

/** Catalogue and portal, as `deno task stripe:setup` creates them. */
export async function setUpStripe(
  scheduler: Scheduler,
  appUrl: string,
): Promise<MemoryKv> {
  const kv = new MemoryKv();
  const local = createLocalStripe({
    kv: kv as unknown as Deno.Kv,
    pagesUrl: PAGES,
    now: () => scheduler.nowMs,
  });
  const actor = { name: "set-up", alive: true };
  const setUp = async () => {
    const stripe = await createStripe({ mode: "sandbox" }, local.fetch)();
    await setUpCatalogue(stripe, "Portico");
    const prices = await fetchPrices(stripe);
    const choice = { accountDefault: true } as const;
    await setUpPortal(stripe, { choice, prices, appUrl });
    await allowPauses(stripe);
  };
  await scheduler.settle(scheduler.scope.run(actor, setUp));
  return kv;
}
