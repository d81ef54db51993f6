import { appBuild } from "@/tests/helpers/app_build.ts";
import { APP_URL } from "./app_process.ts";
import { setSimulation } from "./globals.ts";
import { checkKeys, checkOrg } from "./invariants.ts";
import type { MemoryKv } from "./memory_kv.ts";
import { checkDeleted } from "./deletion_check.ts";
import { checkModel } from "./model_check.ts";
import {
  answerDispute,
  changePrices,
  deleteCustomer,
  importAccount,
  refundPack,
  removeOrganization,
  subscribeAtStripe,
  sweep,
  tryOut,
} from "./operator.ts";
import { Random } from "./random.ts";
import { Scheduler, TOO_LATE } from "./scheduler.ts";
import { type Step, stepsOf, warmUpSteps } from "./steps.ts";
import { setUpStripe } from "./stripe.ts";
import {
  charge,
  checkOut,
  createKey,
  readPage,
  revokeKey,
  send,
  visitPortal,
} from "./users.ts";
import { START_MS, World } from "./world.ts";

/** Which run to make; `steps` replaces the seed's own for a reduction. */
export interface RunOptions {
  seed: number;
  organizations: number;
  days: number;
  steps?: readonly Step[];
}

export interface RunResult {
  /** Null if everything held. */
  failure: Failure | null;
  trace: string[];
}

export interface Failure {
  message: string;
  /** The step after which it showed; null at the end of the run. */
  stepId: number | null;
}

let prepared: Promise<MemoryKv> | undefined;

/** Prepares a thread: modules are loaded, and Stripe has a catalogue. */
function prepare(): Promise<MemoryKv> {
  return prepared ??= (async () => {
    await appBuild();
    const scheduler = new Scheduler(START_MS, new Random(0));
    setSimulation({ scheduler, ids: new Random(0) });
    const kv = await setUpStripe(scheduler, APP_URL);
    setSimulation(null);
    await warmUp(kv);
    return kv;
  })();
}

/**
 * Loads the modules that are imported on demand. An import takes real time, in
 * which virtual time moves on to the next timer, so first attempts may fail.
 */
async function warmUp(stripeKv: MemoryKv): Promise<void> {
  const options = { seed: 0, organizations: 1, days: 1, steps: warmUpSteps() };
  let isLate = true;
  while (isLate) {
    const { failure } = await runPrepared(options, stripeKv);
    isLate = failure?.message.includes(TOO_LATE) ?? false;
  }
}

/** Makes one run. The same options give the same trace, byte for byte. */
export async function simulate(options: RunOptions): Promise<RunResult> {
  return await runPrepared(options, await prepare());
}

async function runPrepared(
  options: RunOptions,
  stripeKv: MemoryKv,
): Promise<RunResult> {
  const { seed, organizations } = options;
  const steps = options.steps ?? stepsOf(seed, options);
  const world = await World.open({
    seed,
    organizations,
    stripeKv: stripeKv.copy(),
  });
  let stepId: number | null = null;
  const { trace } = world.scheduler;
  try {
    for (const group of groupsOf(steps)) {
      stepId = group.at(-1)?.id ?? null;
      await runGroup(world, group);
    }
    stepId = null;
    await finish(world, options.days);
    return { failure: null, trace };
  } catch (error) {
    return { failure: failureOf(error, stepId), trace };
  } finally {
    world.close();
  }
}

function failureOf(error: unknown, stepId: number | null): Failure {
  if (!(error instanceof Error)) throw error;
  const isBug = error.name === "Broken" || error.name === "AssertionError";
  const message = isBug ? error.message : error.stack ?? error.message;
  return { message, stepId };
}

/** Steps of the same time run concurrently. */
function* groupsOf(steps: readonly Step[]): Generator<Step[]> {
  let group: Step[] = [];
  for (const step of steps) {
    if (group[0] !== undefined && group[0].atMs !== step.atMs) {
      yield group;
      group = [];
    }
    group.push(step);
  }
  if (group.length > 0) yield group;
}

async function runGroup(world: World, group: readonly Step[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  await world.scheduler.advanceTo(START_MS + first.atMs);
  world.beginStep(first.id, group.every(({ calm }) => calm));
  await world.act(() => world.stripe.catchUp());
  for (const { id, org, action } of group) {
    world.scheduler.note(`step ${id} org_${org + 1} ${JSON.stringify(action)}`);
  }
  await world.act(async () => {
    await Promise.all(group.map((step) => act(world, step)));
  });
  for (const { org } of group) checkOrg(world, world.org(org));
}

async function act(world: World, { org: index, action }: Step): Promise<void> {
  const org = world.org(index);
  switch (action.do) {
    case "read":
      return await readPage(world, org, action.page);
    case "subscribe": {
      const { plan, interval } = action;
      return await checkOut(world, org, {
        ...action,
        choice: { plan, interval },
      });
    }
    case "buy":
      return await checkOut(world, org, {
        ...action,
        choice: { credits: action.pack },
      });
    case "portal":
      return await visitPortal(world, org, action);
    case "charge":
      return await charge(world, org, action);
    case "create key":
      return await createKey(world, org);
    case "revoke key":
      return await revokeKey(world, org);
    case "refresh":
      await send(world, org, "/organization/check", { method: "POST" });
      return;
    case "reconcile":
      return await tryOut(world, sweep(world));
    case "import":
      return await tryOut(world, importAccount(world));
    case "subscribe at Stripe":
      return await subscribeAtStripe(world, org, action);
    case "refund":
      return await refundPack(world, org, action);
    case "answer dispute":
      return await answerDispute(world, org, action);
    case "delete customer":
      return await deleteCustomer(world, org);
    case "change prices":
      return await changePrices(world);
    case "delete organization":
      org.deleted = true;
      return await tryOut(world, removeOrganization(world, org));
  }
}

/** Longer than bank debits, refunds and the delays of deliveries take. */
const CALM_DAYS = 2;
const DAY_MS = 24 * 3_600_000;

/** Ends all trouble, delivers everything, and compares with the model. */
async function finish(world: World, days: number): Promise<void> {
  const { scheduler, stripe, postman } = world;
  await scheduler.advanceTo(START_MS + days * DAY_MS);
  await world.calmDown();
  await scheduler.advanceTo(scheduler.nowMs + CALM_DAYS * DAY_MS);
  await world.act(() => stripe.catchUp());
  await postman.deliverAll();
  const deleted = world.orgs.filter((org) => org.deleted);
  for (const org of deleted) {
    await world.act(() => removeOrganization(world, org));
  }
  await world.act(() => sweep(world));
  if (world.orgs.some(({ linkedAtMs }) => linkedAtMs !== undefined)) {
    await world.act(() => importAccount(world));
  }
  await postman.deliverAll();
  for (const org of world.orgs) {
    checkOrg(world, org);
    await world.act(() => checkKeys(world, org));
    if (org.deleted) await world.act(() => checkDeleted(world, org));
    else await world.act(() => checkModel(world, org));
  }
  await world.checkStore();
}
