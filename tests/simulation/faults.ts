import { Random } from "./random.ts";

/** How often each kind of trouble occurs, from 0 to 1. */
export interface FaultRates {
  locked: number;
  slowStore: number;
  lostCommit: number;
  stripeDown: number;
  stripeSlow: number;
  stripeRefuses: number;
  stripeFails: number;
  lostAnswer: number;
  lateEvent: number;
  doubledEvent: number;
  lostEvent: number;
  /** Of the events that reconciliation makes up for. */
  missedEvent: number;
  crash: number;
}

export const NO_FAULTS: FaultRates = {
  locked: 0,
  slowStore: 0,
  lostCommit: 0,
  stripeDown: 0,
  stripeSlow: 0,
  stripeRefuses: 0,
  stripeFails: 0,
  lostAnswer: 0,
  lateEvent: 0,
  doubledEvent: 0,
  lostEvent: 0,
  crash: 0,
  missedEvent: 0,
};

const USUAL: FaultRates = {
  locked: 0.02,
  slowStore: 0.01,
  lostCommit: 0.02,
  stripeDown: 0.02,
  stripeSlow: 0.05,
  stripeRefuses: 0.02,
  stripeFails: 0.02,
  lostAnswer: 0.03,
  lateEvent: 0.3,
  doubledEvent: 0.1,
  lostEvent: 0.05,
  crash: 0.1,
  missedEvent: 0.1,
};

/** Each seed has only some kinds of trouble: a mixture of all hides bugs. */
export function ratesOf(seed: number): FaultRates {
  const random = new Random(seed);
  const rates = Object.entries(USUAL).map(([kind, rate]) => {
    const level = random.weighted([[4, 0], [4, 1], [1, 4]]);
    return [kind, Math.min(rate * level, 0.6)];
  });
  return Object.fromEntries(rates);
}

/** What happens to a call of Stripe. */
export type StripeFault =
  | "none"
  | "down"
  | "slow"
  | "slow_answer"
  | "lost_answer"
  | "rate_limited"
  | "server_error"
  | "in_progress";

/** Draws the faults of the present step. */
export class Faults {
  rates: FaultRates = NO_FAULTS;

  /** @param choices The source of the present step. */
  constructor(private readonly choices: () => Random) {}

  isLocked(): boolean {
    return this.choices().chance(this.rates.locked);
  }

  losesCommitAnswer(): boolean {
    return this.choices().chance(this.rates.lostCommit);
  }

  /** Rarely above the app's ten seconds. */
  storeDelayMs(): number {
    if (!this.choices().chance(this.rates.slowStore)) return 0;
    return this.choices().weighted([[8, 40], [4, 900], [1, 11_000]]);
  }

  /** From 0.3 to 12 seconds; the SDK gives up after four. */
  stripeDelayMs(): number {
    return this.choices().weighted([[4, 300], [3, 3_000], [2, 6_000], [
      1,
      12_000,
    ]]);
  }

  ofStripeCall(): StripeFault {
    const { rates } = this;
    const random = this.choices();
    if (random.chance(rates.stripeDown)) return "down";
    if (random.chance(rates.lostAnswer)) return "lost_answer";
    if (random.chance(rates.stripeRefuses)) return "rate_limited";
    if (random.chance(rates.stripeFails)) return "server_error";
    if (!random.chance(rates.stripeSlow)) return "none";
    return random.pick(["slow", "slow_answer", "in_progress"]);
  }

  /** Whether no delivery of an event ever arrives. */
  missesEvent(): boolean {
    return this.choices().chance(this.rates.missedEvent);
  }

  /** The delays of an event's deliveries, in milliseconds. */
  deliveryDelaysMs(): number[] {
    const { rates } = this;
    const random = this.choices();
    const copies = random.chance(rates.doubledEvent) ? 2 : 1;
    return Array.from({ length: copies }, () => {
      if (random.chance(rates.lostEvent)) {
        return random.between(1, 20) * HOUR_MS;
      }
      if (random.chance(rates.lateEvent)) return random.between(1, 900_000);
      return random.between(1, 2_000);
    });
  }
}

const HOUR_MS = 3_600_000;
