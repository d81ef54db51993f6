/** A signal, known by its brand so that the server need not load signals. */
export interface SignalLike {
  peek(): unknown;
}

const SIGNAL_BRAND = Symbol.for("preact-signals");

/** Whether a value is a signal or a computed. To Preact both look like JSX. */
export function isSignal(value: unknown): value is SignalLike {
  return typeof value === "object" && value !== null && "brand" in value &&
    value.brand === SIGNAL_BRAND;
}

/** Whether a signal has a value to get but none to set. */
export function isComputed(signal: SignalLike): boolean {
  const prototype = Object.getPrototypeOf(signal);
  return Object.getOwnPropertyDescriptor(prototype, "value")?.set === undefined;
}
