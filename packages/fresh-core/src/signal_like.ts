/**
 * A signal, recognized by its brand so that the server need not load signals.
 */
export interface SignalLike {
  peek(): unknown;
}

const SIGNAL_BRAND = Symbol.for("preact-signals");

/** Whether a value is a signal or computed. Preact treats both as JSX. */
export function isSignal(value: unknown): value is SignalLike {
  return typeof value === "object" && value !== null && "brand" in value &&
    value.brand === SIGNAL_BRAND;
}

/** Whether a signal is read-only. */
export function isComputed(signal: SignalLike): boolean {
  const prototype = Object.getPrototypeOf(signal);
  return Object.getOwnPropertyDescriptor(prototype, "value")?.set === undefined;
}
