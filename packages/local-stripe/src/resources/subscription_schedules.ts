import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchParam, noSuchPath } from "../api/errors.ts";
import type { Context } from "../context.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import {
  catchUp,
  catchUpAll,
  onSubscription,
  withCustomer,
} from "../billing/subscription_actions.ts";
import { endSubscription } from "../billing/subscription_end.ts";
import { findSubscription } from "../billing/recurring_prices.ts";
import { releaseSchedule } from "../billing/schedule_release.ts";
import { beginSchedule, dropSchedule } from "../billing/schedules.ts";
import { CUSTOMER, SCHEDULE, SUBSCRIPTION } from "../store/schema.ts";
import { PAGE, page, range, within } from "../api/pagination.ts";
import { boolean, missing, oneOf, text } from "../api/params.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { PHASES, phasesFor } from "./schedule_phase_params.ts";
import type { ApiSchedule } from "../api/api_types.ts";

const END_BEHAVIOR = oneOf("cancel", "release");

export const createSchedule = endpoint({
  returns: "subscription_schedule",
  params: {
    billing_mode: missing,
    customer: missing,
    customer_account: missing,
    default_settings: missing,
    end_behavior: END_BEHAVIOR,
    from_subscription: text(255),
    metadata,
    pause_schedules: missing,
    phases: missing,
    start_date: missing,
  },
  async run(context, params) {
    const { end_behavior: behavior, from_subscription: id } = params;
    if (id === undefined) {
      return missing.read("", "a schedule without from_subscription");
    }
    if (await context.store.get(SUBSCRIPTION, id) === null) {
      throw noSuchParam(SUBSCRIPTION.noun, id, "from_subscription");
    }
    return await onSubscription(context, id, (transaction, { object }) => {
      const begun = beginSchedule(transaction, object, {
        releasesEarly: false,
      });
      return Promise.resolve(transaction.change(SCHEDULE, {
        ...begun,
        end_behavior: behavior ?? begun.end_behavior,
        metadata: mergeMetadata({}, params.metadata),
      }));
    });
  },
});

export const retrieveSchedule = endpoint({
  returns: "subscription_schedule",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const known = await context.store.get(SCHEDULE, id);
    if (known === null) throw noSuchPath(SCHEDULE.noun, id);
    await catchUp(context, known.object.customer);
    return (await context.store.get(SCHEDULE, id) ?? known).object;
  },
});

export const updateSchedule = endpoint({
  returns: "subscription_schedule",
  params: {
    default_settings: missing,
    end_behavior: END_BEHAVIOR,
    metadata,
    pause_schedules: missing,
    phases: PHASES,
    proration_behavior: oneOf("always_invoice", "create_prorations", "none"),
  },
  run(context, params, ids) {
    return onSchedule(context, onlyId(ids), async (transaction, before) => {
      checkActive(before, "updated");
      const phases = params.phases &&
        await phasesFor(transaction, before, params.phases);
      const after = transaction.change(SCHEDULE, {
        ...before,
        end_behavior: params.end_behavior ?? before.end_behavior,
        metadata: mergeMetadata(before.metadata ?? {}, params.metadata),
        phases: phases ?? before.phases,
      });
      transaction.emitUpdate("subscription_schedule.updated", before, after);
      return after;
    });
  },
});

export const releaseScheduleEndpoint = endpoint({
  returns: "subscription_schedule",
  params: { preserve_cancel_date: boolean },
  run(context, _params, ids) {
    return onSchedule(context, onlyId(ids), async (transaction, schedule) => {
      checkActive(schedule, "released");
      return await dropSchedule(
        transaction,
        await subscriptionOf(transaction, schedule),
      );
    });
  },
});

export const cancelSchedule = endpoint({
  returns: "subscription_schedule",
  params: { invoice_now: missing, prorate: missing },
  run(context, _params, ids) {
    return onSchedule(context, onlyId(ids), async (transaction, schedule) => {
      checkActive(schedule, "canceled");
      const subscription = await subscriptionOf(transaction, schedule);
      const ended = await releaseSchedule(
        transaction,
        subscription,
        "canceled",
      );
      await endSubscription(transaction, { ...subscription, schedule: null });
      return ended ?? schedule;
    });
  },
});

async function onSchedule(
  context: Context,
  id: string,
  work: (
    transaction: BillingTransaction,
    schedule: ApiSchedule,
  ) => Promise<ApiSchedule>,
): Promise<ApiSchedule> {
  const known = await context.store.get(SCHEDULE, id);
  if (known === null) throw noSuchPath(SCHEDULE.noun, id);
  return await withCustomer(
    context,
    known.object.customer,
    async (transaction) => {
      const { object } = await transaction.need(SCHEDULE, id);
      return await work(transaction, object);
    },
  );
}

async function subscriptionOf(
  transaction: BillingTransaction,
  schedule: ApiSchedule,
) {
  const stored = await findSubscription(
    transaction,
    schedule.subscription ?? "",
  );
  if (stored === null) {
    throw new Error(`Cannot go on: ${schedule.id} has no subscription`);
  }
  return stored.object;
}

function checkActive({ status }: ApiSchedule, verb: string): void {
  if (status === "active" || status === "not_started") return;
  throw invalidRequest(
    `You cannot have a schedule ${verb} that is ${status} already.`,
  );
}

export const listSchedules = endpoint({
  returns: "subscription_schedule",
  many: true,
  params: {
    ...PAGE,
    canceled_at: range,
    completed_at: range,
    created: range,
    customer: text(255),
    customer_account: missing,
    released_at: range,
    scheduled: boolean,
  },
  async run(context, params) {
    const { customer } = params;
    if (customer === undefined) await catchUpAll(context);
    else {
      if (await context.store.get(CUSTOMER, customer) === null) {
        throw noSuchParam(CUSTOMER.noun, customer, "customer");
      }
      await catchUp(context, customer);
    }
    const during =
      (name: "canceled_at" | "completed_at" | "released_at") =>
      (one: ApiSchedule) =>
        params[name] === undefined || within(one[name] ?? -1, params[name]);
    return await page(context.store, {
      collection: SCHEDULE,
      list: customer === undefined
        ? ["schedules"]
        : ["schedules_by_customer", customer],
      params,
      url: "/v1/subscription_schedules",
      matches: (one) =>
        during("canceled_at")(one) && during("completed_at")(one) &&
        during("released_at")(one) &&
        (params.scheduled === undefined ||
          params.scheduled === (one.status === "not_started")),
    });
  },
});
