import type { ApiSchedule } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, noSuchParam } from "../api/errors.ts";
import { byId, created, filter } from "../api/list.ts";
import { merge } from "../api/merge.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { type Range, range, within } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { empties, resource } from "../api/resource.ts";
import { findSubscription } from "../billing/recurring_prices.ts";
import {
  beginSchedule,
  dropSchedule,
  releaseSchedule,
} from "../billing/schedules.ts";
import { catchUp } from "../billing/scheduler.ts";
import {
  onSubscription,
  withCustomer,
} from "../billing/subscription_actions.ts";
import { endSubscription } from "../billing/subscription_end.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import {
  CUSTOMER,
  readPath,
  SCHEDULE,
  SUBSCRIPTION,
  TEST_CLOCK,
} from "../store/schema.ts";
import { PHASES, phasesFor } from "./schedule_phase_params.ts";
import { catchUpListed } from "./subscriptions.ts";

const END_BEHAVIOR = p.only(["cancel", "release"], ["none", "renew"]);

function during(name: "canceled_at" | "completed_at" | "released_at") {
  return filter(
    range,
    (schedule: ApiSchedule, limits: Range) =>
      within(schedule[name] ?? -1, limits),
  );
}

export const subscriptionSchedules = resource(SCHEDULE, {
  path: "/v1/subscription_schedules",
  expand: {
    ...empties(
      "application default_settings.automatic_tax.liability.account",
      "default_settings.default_payment_method",
      "default_settings.invoice_settings.account_tax_ids",
      "default_settings.invoice_settings.issuer.account",
      "default_settings.on_behalf_of default_settings.transfer_data.destination",
      "phases.add_invoice_items.price phases.automatic_tax.liability.account",
      "phases.default_payment_method phases.discounts.coupon",
      "phases.discounts.discount phases.discounts.promotion_code",
      "phases.invoice_settings.account_tax_ids",
      "phases.invoice_settings.issuer.account phases.items.discounts.coupon",
      "phases.items.discounts.discount phases.items.discounts.promotion_code",
      "phases.on_behalf_of phases.transfer_data.destination",
    ),
    customer: CUSTOMER,
    "phases.items.plan": { missing: "plans of phases (expand)" },
    "phases.items.price": { missing: "prices of phases (expand)" },
    subscription: SUBSCRIPTION,
    test_clock: TEST_CLOCK,
  },
  async refresh(context, id) {
    const { object } = await readPath(context, SCHEDULE, id);
    await catchUp(context, object.customer);
  },
  list: {
    name: "schedules",
    filters: {
      canceled_at: during("canceled_at"),
      completed_at: during("completed_at"),
      created,
      customer: byId(CUSTOMER, "schedules_by_customer"),
      released_at: during("released_at"),
      scheduled: filter(
        p.boolean,
        ({ status }: ApiSchedule, wanted) =>
          wanted === (status === "not_started"),
      ),
    },
    gaps: p.gaps("customer_account"),
    prepare: catchUpListed,
  },
  create: {
    params: {
      end_behavior: END_BEHAVIOR,
      from_subscription: p.text(255),
      metadata,
      // deno-fmt-ignore: a list of names reads best filled
      ...p.gaps(
        "billing_mode", "customer", "customer_account", "default_settings", "pause_schedules",
        "phases", "start_date",
      ),
    },
    async run(context, params) {
      const { end_behavior: behavior, from_subscription: id } = params;
      if (id === undefined) {
        return p.missing.read("", "a schedule without from_subscription");
      }
      if (await context.store.get(SUBSCRIPTION, id) === null) {
        throw noSuchParam(SUBSCRIPTION.noun, id, "from_subscription");
      }
      return await onSubscription(context, id, (transaction, { object }) => {
        const how = { releasesEarly: false };
        const schedule = beginSchedule(transaction, object, how);
        return Promise.resolve(transaction.change(SCHEDULE, {
          ...schedule,
          end_behavior: behavior ?? schedule.end_behavior,
          metadata: mergeMetadata({}, params.metadata),
        }));
      });
    },
  },
  update: {
    params: {
      end_behavior: END_BEHAVIOR,
      metadata,
      phases: PHASES,
      proration_behavior: p.oneOf(
        "always_invoice",
        "create_prorations",
        "none",
      ),
      ...p.gaps("default_settings", "pause_schedules"),
    },
    run: (context, params, id) =>
      onSchedule(context, id, "updated", async (transaction, before) => {
        const { end_behavior, metadata } = params;
        const phases = params.phases &&
          await phasesFor(transaction, before, params.phases);
        const change = { end_behavior, metadata, phases };
        const after = transaction.change(SCHEDULE, merge(before, change));
        transaction.emitUpdate("subscription_schedule.updated", before, after);
        return after;
      }),
  },
  routes: {
    "POST /*/release": endpoint({
      params: { preserve_cancel_date: p.boolean },
      run: (context, _params, id) =>
        onSchedule(
          context,
          id,
          "released",
          async (transaction, schedule) =>
            await dropSchedule(
              transaction,
              await subscriptionOf(transaction, schedule),
            ),
        ),
    }),
    "POST /*/cancel": endpoint({
      params: p.gaps("invoice_now", "prorate"),
      run: (context, _params, id) =>
        onSchedule(context, id, "canceled", async (transaction, schedule) => {
          const subscription = await subscriptionOf(transaction, schedule);
          const ended = await releaseSchedule(
            transaction,
            subscription,
            "canceled",
          );
          const released = { ...subscription, schedule: null };
          await endSubscription(transaction, released);
          return ended ?? schedule;
        }),
    }),
  },
});

async function onSchedule(
  context: Context,
  id: string,
  verb: string,
  work: (
    transaction: BillingTransaction,
    schedule: ApiSchedule,
  ) => Promise<ApiSchedule>,
): Promise<ApiSchedule> {
  const { customer } = (await readPath(context, SCHEDULE, id)).object;
  return await withCustomer(context, customer, async (transaction) => {
    const { object } = await transaction.need(SCHEDULE, id);
    const { status } = object;
    if (status !== "active" && status !== "not_started") {
      throw invalidRequest(
        `You cannot have a schedule ${verb} that is ${status} already.`,
      );
    }
    return await work(transaction, object);
  });
}

async function subscriptionOf(
  transaction: BillingTransaction,
  { id, subscription }: ApiSchedule,
) {
  const stored = await findSubscription(transaction, subscription ?? "");
  if (stored === null) {
    throw new Error(`Cannot find the subscription of ${id}`);
  }
  return stored.object;
}
