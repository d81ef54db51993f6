import type { Attributes } from "@opentelemetry/api";
import { BillingError } from "./errors.ts";
import type { LogFields } from "./log.ts";

/** The app's own metrics, besides those of Deno. */
const METRICS = {
  "portico.charges": { description: "Charges, by outcome" },
  "portico.charged_tokens": { description: "Tokens charged" },
  "portico.sync.duration": { description: "Duration of a sync", unit: "s" },
  "portico.webhook.lag": {
    description: "Time from Stripe's event to its durable effect",
    unit: "s",
  },
  "portico.wallet.queue": { description: "Postings that wait for a commit" },
};

type Counter = "portico.charges" | "portico.charged_tokens";
type Histogram = "portico.sync.duration" | "portico.webhook.lag";
type Gauge = "portico.wallet.queue";

/** Sets the result of a span. */
export interface SpanResult {
  /** `ok` by default, or the code of the error that was thrown. */
  setOutcome(outcome: string): void;
  setOrganization(orgId: string | null): void;
}

/** Spans, metrics and trace ids, for `OTEL_DENO=true`. */
export interface Telemetry {
  /** Runs work in a span, which gets the organization of its context. */
  span<T>(
    name: string,
    attributes: Attributes,
    work: (span: SpanResult) => Promise<T>,
  ): Promise<T>;
  /** Runs work for an organization: the current span and those below name it. */
  forOrganization<T>(orgId: string, work: () => T): T;
  /** Names the current request's span and metrics after its route. */
  setRoute(method: string, route: string): void;
  count(counter: Counter, value: number, attributes?: Attributes): void;
  record(histogram: Histogram, value: number, attributes?: Attributes): void;
  /** Reads a value at every export. */
  observe(gauge: Gauge, read: () => number): void;
  /** The ids of the current span, for the log. */
  traceFields(): LogFields;
}

const NO_RESULT: SpanResult = { setOutcome() {}, setOrganization() {} };

/** Telemetry that is off. */
export const NO_TELEMETRY: Telemetry = {
  span: (_name, _attributes, work) => work(NO_RESULT),
  forOrganization: (_orgId, work) => work(),
  setRoute() {},
  count() {},
  record() {},
  observe() {},
  traceFields: () => ({}),
};

/**
 * Opens telemetry if the process was started with `OTEL_DENO=true`. Otherwise
 * OpenTelemetry's API is not even loaded.
 */
export async function openTelemetry(): Promise<Telemetry> {
  if (!isEnabled()) return NO_TELEMETRY;
  return createTelemetry(await import("@opentelemetry/api"));
}

/** Deno registers its exporter under this name, so no permission is needed. */
function isEnabled(): boolean {
  const name = Symbol.for("opentelemetry.js.api.1");
  const api: { trace?: unknown } | undefined = Reflect.get(globalThis, name);
  return api?.trace !== undefined;
}

type Api = typeof import("@opentelemetry/api");

const ORGANIZATION = "portico.organization";
const OUTCOME = "portico.outcome";

/** Seconds; events usually take less than one, and hours after an outage. */
const BOUNDARIES = [
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ...[30, 60, 300, 1_800, 3_600, 21_600, 86_400],
];

function createTelemetry(api: Api): Telemetry {
  const tracer = api.trace.getTracer("portico");
  const meter = api.metrics.getMeter("portico");
  const counters = {
    "portico.charges": counter("portico.charges"),
    "portico.charged_tokens": counter("portico.charged_tokens"),
  };
  const histograms = {
    "portico.sync.duration": histogram("portico.sync.duration"),
    "portico.webhook.lag": histogram("portico.webhook.lag"),
  };
  const organization = api.createContextKey(ORGANIZATION);

  function counter(name: Counter) {
    return meter.createCounter(name, METRICS[name]);
  }

  function histogram(name: Histogram) {
    const advice = { explicitBucketBoundaries: BOUNDARIES };
    return meter.createHistogram(name, { ...METRICS[name], advice });
  }

  return {
    span(name, attributes, work) {
      const orgId = api.context.active().getValue(organization);
      return tracer.startActiveSpan(name, async (span) => {
        span.setAttributes({ ...attributes, [OUTCOME]: "ok" });
        if (typeof orgId === "string") span.setAttribute(ORGANIZATION, orgId);
        try {
          return await work({
            setOutcome: (outcome) => span.setAttribute(OUTCOME, outcome),
            setOrganization: (orgId) => {
              if (orgId !== null) span.setAttribute(ORGANIZATION, orgId);
            },
          });
        } catch (error) {
          const outcome = outcomeOf(error);
          span.setAttribute(OUTCOME, outcome);
          // Not the message, which may hold customer data.
          span.setStatus({ code: api.SpanStatusCode.ERROR, message: outcome });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    forOrganization(orgId, work) {
      api.trace.getActiveSpan()?.setAttribute(ORGANIZATION, orgId);
      const context = api.context.active().setValue(organization, orgId);
      return api.context.with(context, work);
    },
    setRoute(method, route) {
      const span = api.trace.getActiveSpan();
      span?.setAttribute("http.route", route);
      span?.updateName(`${method} ${route}`);
    },
    count: (name, value, attributes) => counters[name].add(value, attributes),
    record: (name, value, attributes) =>
      histograms[name].record(value, attributes),
    observe(name, read) {
      const gauge = meter.createObservableGauge(name, METRICS[name]);
      gauge.addCallback((result) => result.observe(read()));
    },
    traceFields() {
      const context = api.trace.getActiveSpan()?.spanContext();
      if (context === undefined) return {};
      return { traceId: context.traceId, spanId: context.spanId };
    },
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof BillingError) return error.code;
  return error instanceof Error ? error.name : "error";
}
