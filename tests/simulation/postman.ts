import { createHmac } from "node:crypto";
import { HANDLERS } from "@/lib/webhooks/handlers.ts";
import { WEBHOOK_SECRET } from "./app_process.ts";
import type { Actor } from "./scheduler.ts";
import type { StripeEvent } from "./stripe.ts";
import type { World } from "./world.ts";

const WEBHOOK_PATH = "/api/v1/webhooks/stripe";
/**
 * Events of credit packs, which reconciliation makes up for within 90 days, more
 * than a run has.
 */
const PACK_EVENT =
  /^checkout\.session\.(?!expired)|^refund\.|^charge\.dispute\./;
const RETRIES_MS = [10_000, 60_000, 600_000, 3_600_000];

/**
 * Delivers Stripe's events, in place of the local Stripe's dispatcher: late,
 * twice and out of order, and again until one delivery is answered with 200.
 * Some events of credit packs never arrive.
 */
export class Postman {
  readonly #actor: Actor = { name: "network", alive: true };
  /** Events that no delivery has brought yet. */
  readonly #waiting = new Map<string, StripeEvent>();
  /** Acknowledged events. */
  readonly acknowledged = new Set<string>();

  constructor(private readonly world: World) {}

  /** Plans the deliveries of new events. */
  collect(): void {
    const { scheduler, stripe, faults } = this.world;
    for (const event of stripe.newEvents()) {
      if (!HANDLERS.has(event.type)) continue;
      if (PACK_EVENT.test(event.type) && faults.missesEvent()) {
        scheduler.note(`  fault: ${event.type} ${event.id} is missed`);
        continue;
      }
      this.#waiting.set(event.id, event);
      for (const delayMs of faults.deliveryDelaysMs()) {
        scheduler.scope.run(this.#actor, () => this.#plan(event, delayMs, 0));
      }
    }
  }

  /** Delivers everything that still waits, at once. */
  async deliverAll(): Promise<void> {
    const { scheduler } = this.world;
    for (let round = 0; round < 20; round++) {
      this.collect();
      if (this.#waiting.size === 0) return;
      for (const event of [...this.#waiting.values()]) {
        const delivering = scheduler.scope.run(
          this.#actor,
          () => this.#deliver(event),
        );
        await scheduler.settle(delivering);
      }
    }
    const types = [...this.#waiting.values()].map(({ type }) => type);
    throw new Error(`events are not accepted: ${[...new Set(types)].join()}`);
  }

  #plan(event: StripeEvent, delayMs: number, attempt: number): void {
    const label = `delivers ${event.type} ${event.id}`;
    const deliver = () => void this.#deliverLater(event, attempt);
    this.world.scheduler.startTimer(label, deliver, delayMs);
  }

  async #deliverLater(event: StripeEvent, attempt: number): Promise<void> {
    if (await this.#deliver(event)) return;
    const delayMs = RETRIES_MS[attempt] ?? RETRIES_MS.at(-1) ?? 0;
    this.#plan(event, delayMs, attempt + 1);
  }

  async #deliver(event: StripeEvent): Promise<boolean> {
    const { scheduler } = this.world;
    const process = this.world.anyProcess();
    const body = JSON.stringify({ ...event, pending_webhooks: 1 });
    const timestamp = Math.floor(scheduler.nowMs / 1_000);
    const signature = createHmac("sha256", WEBHOOK_SECRET)
      .update(`${timestamp}.${body}`).digest("hex");
    const answer = await process?.request(WEBHOOK_PATH, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Stripe-Signature": `t=${timestamp},v1=${signature}`,
      },
      body,
    });
    const status = answer?.status ?? 0;
    scheduler.note(`network ${event.type} ${event.id}: ${status}`);
    if (status !== 200) return false;
    this.#waiting.delete(event.id);
    this.acknowledged.add(event.id);
    return true;
  }
}
