import { createHash } from "node:crypto";
import type { Random } from "./random.ts";
import { FIRST_TIMER_ID, type Scheduler } from "./scheduler.ts";

/** The running simulation of this thread, and its source of ids. */
let current: { scheduler: Scheduler; ids: Random } | null = null;

/** Makes the globals use a simulation; null gives the real ones back. */
export function setSimulation(simulation: typeof current): void {
  install();
  current = simulation;
}

/** The simulation, if the running code belongs to one of its actors. */
function simulated(): typeof current {
  return current?.scheduler.scope.getStore() === undefined ? null : current;
}

let installed = false;

/**
 * Replaces the timers, the clock, the random numbers and WebCrypto, for code
 * that runs as an actor. The app needs no seam for them this way, and its
 * packages use them too.
 */
function install(): void {
  if (installed) return;
  installed = true;
  replaceTimers();
  const { now } = Date;
  Date.now = () => simulated()?.scheduler.nowMs ?? now();
  const { random } = Math;
  Math.random = () => simulated()?.ids.fraction() ?? random();
  replaceIds();
  replaceCrypto();
}

type Callback = (...parameters: unknown[]) => void;

function replaceTimers(): void {
  const { setTimeout, setInterval, clearTimeout } = globalThis;
  const start =
    (repeats: boolean, real: typeof setTimeout | typeof setInterval) =>
    (
      callback: Callback,
      delayMs = 0,
      ...parameters: unknown[]
    ) => {
      const simulation = simulated();
      if (simulation === null) return real(callback, delayMs, ...parameters);
      const fire = () => callback(...parameters);
      const label = `${Math.round(delayMs)} ms`;
      return simulation.scheduler.startTimer(label, fire, delayMs, repeats);
    };
  const clear = (id?: number) => {
    if (typeof id !== "number" || id < FIRST_TIMER_ID) return clearTimeout(id);
    current?.scheduler.clearTimer(id);
  };
  Object.assign(globalThis, {
    setTimeout: start(false, setTimeout),
    setInterval: start(true, setInterval),
    clearTimeout: clear,
    clearInterval: clear,
  });
}

function replaceIds(): void {
  const real = crypto.getRandomValues.bind(crypto);
  const getRandomValues: typeof crypto.getRandomValues = (array) => {
    const simulation = simulated();
    if (simulation === null || !(array instanceof Uint8Array)) {
      return real(array);
    }
    array.forEach((_, index) => array[index] = simulation.ids.below(256));
    return array;
  };
  const randomUUID = () => {
    const hex = getRandomValues(new Uint8Array(16)).toHex();
    return hex.replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12})$/, "$1-$2-4$3-$4-$5");
  };
  Object.assign(crypto, { getRandomValues, randomUUID });
}

/** A digest is computed at once; other operations of WebCrypto are scheduled. */
function replaceCrypto(): void {
  const { subtle } = crypto;
  const digest = subtle.digest.bind(subtle);
  Object.assign(subtle, {
    digest: (algorithm: string, data: Uint8Array<ArrayBuffer>) => {
      if (simulated() === null) return digest(algorithm, data);
      const { buffer, byteOffset, byteLength } = createHash("sha256")
        .update(data).digest();
      return Promise.resolve(buffer.slice(byteOffset, byteOffset + byteLength));
    },
  });
  for (const name of ["importKey", "sign", "verify"] as const) {
    const real = subtle[name].bind(subtle) as (...all: unknown[]) => unknown;
    Object.assign(subtle, {
      [name]: (...all: unknown[]) =>
        simulated()?.scheduler.operation(
          `crypto ${name}`,
          () => real(...all),
        ) ??
          real(...all),
    });
  }
}
