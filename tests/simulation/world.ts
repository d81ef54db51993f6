import type { Log } from "@/lib/log.ts";
import { AppProcess } from "./app_process.ts";
import { type FaultRates, Faults, NO_FAULTS, ratesOf } from "./faults.ts";
import { setSimulation } from "./globals.ts";
import type { MemoryKv } from "./memory_kv.ts";
import { Postman } from "./postman.ts";
import { processKv } from "./process_kv.ts";
import { Random, seedOf } from "./random.ts";
import { type Actor, Scheduler } from "./scheduler.ts";
import { Shadow } from "./shadow.ts";
import { SimulatedStripe } from "./stripe.ts";

/** The simulation's first day: a month's end and a short month follow. */
export const START_MS = Date.UTC(2026, 10, 17, 9);
const PROCESSES = 3;
const MAX_SKEW_MS = 4_000;

/** A charge that the app has acknowledged. */
export interface AcknowledgedCharge {
  entryId: string;
  tokens: number;
}

/** The requests and results of an organization's users. */
export interface OrgLog {
  id: string;
  /** By Idempotency-Key. */
  acknowledged: Map<string, AcknowledgedCharge>;
  /** Tokens by Idempotency-Key of all charges that were ever sent. */
  attempted: Map<string, number>;
  keys: { id: string; secret: string; revoked: boolean }[];
  /** Its customers that the operator has deleted at Stripe. */
  deletedCustomers: string[];
  /** All customers that have carried its id at Stripe. */
  customers: Set<string>;
  /** Whether its deletion was requested. */
  deleted: boolean;
  /**
   * When the customer that it had before it came was seen to be linked;
   * undefined if it had none, Infinity before the link.
   */
  linkedAtMs?: number;
}

/** A log line of the app at level error. */
export interface AppError {
  process: string;
  message: string;
  error: unknown;
}

/** Everything that takes part in one run. */
export class World {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly shadow = new Shadow();
  readonly stripe: SimulatedStripe;
  readonly postman: Postman;
  /** Users and the operator. */
  readonly people: Actor = { name: "people", alive: true };
  readonly orgs: OrgLog[];
  readonly errors: AppError[] = [];
  processes: AppProcess[] = [];
  /** Kills a process after this many of its operations. */
  #death: { name: string; operationsLeft: number } | null = null;
  readonly #rates: FaultRates;
  #starts = 0;

  private constructor(
    readonly seed: number,
    organizations: number,
    private readonly kv: Deno.Kv,
    stripeKv: MemoryKv,
  ) {
    this.scheduler = new Scheduler(START_MS, new Random(seed));
    this.faults = new Faults(() => this.scheduler.choices);
    this.#rates = ratesOf(seed);
    setSimulation({
      scheduler: this.scheduler,
      ids: new Random(seedOf(seed, 1)),
    });
    this.stripe = new SimulatedStripe(this.scheduler, this.faults, stripeKv);
    this.postman = new Postman(this);
    this.orgs = Array.from({ length: organizations }, (_, index) => ({
      id: `org_${index + 1}`,
      acknowledged: new Map(),
      attempted: new Map(),
      keys: [],
      deletedCustomers: [],
      customers: new Set(),
      deleted: false,
    }));
    this.scheduler.onOperation = (actor) => this.#afterOperation(actor);
  }

  static async open(
    { seed, organizations, stripeKv }: {
      seed: number;
      organizations: number;
      stripeKv: MemoryKv;
    },
  ): Promise<World> {
    const kv = await Deno.openKv(":memory:");
    const world = new World(seed, organizations, kv, stripeKv);
    for (let index = 1; index <= PROCESSES; index++) {
      await world.startProcess(`app${index}`);
    }
    return world;
  }

  /** Compares the store with its copy. */
  async checkStore(): Promise<void> {
    await this.shadow.compare(this.kv);
  }

  /** Ends the run. */
  close(): void {
    setSimulation(null);
    this.kv.close();
  }

  async startProcess(name: string): Promise<void> {
    const { scheduler, faults, shadow, kv } = this;
    // The clocks of processes differ by seconds.
    const skewMs = new Random(seedOf(this.seed, 2, this.#starts++))
      .between(-MAX_SKEW_MS, MAX_SKEW_MS);
    const process = await AppProcess.start(scheduler, {
      name,
      kv: processKv({ kv, scheduler, faults, shadow }),
      stripeFetch: this.stripe.fetch,
      now: () => scheduler.nowMs + skewMs,
      log: this.#logOf(name),
    });
    this.processes.push(process);
  }

  /** A running process, chosen by the seed; null while all are down. */
  anyProcess(): AppProcess | null {
    const running = this.processes.filter(({ alive }) => alive);
    return running[this.scheduler.choices.below(running.length)] ?? null;
  }

  /** Starts a step: its choices depend on the seed and its number alone. */
  beginStep(id: number, calm: boolean): void {
    this.scheduler.choices = new Random(seedOf(this.seed, 3, id));
    this.faults.rates = calm ? NO_FAULTS : this.#rates;
    const { choices } = this.scheduler;
    if (!choices.chance(this.faults.rates.crash)) return;
    const name = this.anyProcess()?.name;
    if (name === undefined) return;
    this.#death = { name, operationsLeft: choices.between(1, 40) };
  }

  /** Ends all trouble and starts the processes that are down. */
  async calmDown(): Promise<void> {
    this.faults.rates = NO_FAULTS;
    this.#death = null;
    for (let index = 1; index <= PROCESSES; index++) {
      const name = `app${index}`;
      if (this.processes.some((one) => one.name === name)) continue;
      await this.startProcess(name);
    }
  }

  /** Runs code of the people until it ends. */
  async act(work: () => Promise<void>): Promise<void> {
    const { scheduler, people } = this;
    await scheduler.settle(scheduler.scope.run(people, work));
  }

  org(index: number): OrgLog {
    const org = this.orgs[index];
    if (org === undefined) throw new RangeError(`No organization ${index}`);
    return org;
  }

  #afterOperation(actor: Actor): void {
    if (actor === this.stripe.actor) this.postman.collect();
    if (this.#death?.name !== actor.name) return;
    this.#death.operationsLeft -= 1;
    if (this.#death.operationsLeft > 0) return;
    this.#death = null;
    const process = this.processes.find(({ name }) => name === actor.name);
    if (process !== undefined) this.#kill(process);
  }

  #kill(process: AppProcess): void {
    const { scheduler } = this;
    scheduler.note(`  ${process.name} is killed`);
    process.kill();
    this.processes = this.processes.filter((one) => one !== process);
    const downMs = scheduler.choices.between(200, 20_000);
    scheduler.scope.run(this.people, () => {
      const restart = () => void this.#restart(process.name);
      scheduler.startTimer(`${process.name} starts`, restart, downMs);
    });
  }

  async #restart(name: string): Promise<void> {
    if (this.processes.some((one) => one.name === name)) return;
    await this.startProcess(name);
  }

  #logOf(process: string): Log {
    const ignore = () => {};
    return {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (message, _fields, error) => {
        this.errors.push({ process, message, error });
      },
    };
  }
}
