/** A span as it was received, with its attributes as an object. */
export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  attributes: Record<string, unknown>;
  /** 2 for an error. */
  status: number;
}

/** A data point of a metric; the value of a histogram is its count. */
export interface ReceivedPoint {
  attributes: Record<string, unknown>;
  value: number;
}

/** A server that receives OTLP over HTTP, as JSON. */
export interface OtlpReceiver extends AsyncDisposable {
  /** The variables that make a Deno process export to the receiver. */
  environment: Record<string, string>;
  spans: ReceivedSpan[];
  /** The latest points of each metric. */
  metrics: Map<string, ReceivedPoint[]>;
}

export function startOtlpReceiver(): OtlpReceiver {
  const spans: ReceivedSpan[] = [];
  const metrics = new Map<string, ReceivedPoint[]>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const body = await request.json();
      spans.push(...spansIn(body));
      for (const [name, points] of pointsIn(body)) metrics.set(name, points);
      return Response.json({});
    },
  );
  return {
    spans,
    metrics,
    environment: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The parts of OTLP's JSON that tests read. */
interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

interface Point {
  attributes: Attribute[];
  asInt?: number;
  asDouble?: number;
  count?: string;
}

interface Metric {
  name: string;
  gauge?: { dataPoints: Point[] };
  sum?: { dataPoints: Point[] };
  histogram?: { dataPoints: Point[] };
}

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  attributes: Attribute[];
  status: { code: number };
}

interface OtlpBody {
  resourceSpans?: { scopeSpans: { spans: Span[] }[] }[];
  resourceMetrics?: { scopeMetrics: { metrics: Metric[] }[] }[];
}

function spansIn({ resourceSpans = [] }: OtlpBody): ReceivedSpan[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ attributes, status, ...span }) => ({
      ...span,
      attributes: toObject(attributes),
      status: status.code,
    }));
}

function pointsIn({ resourceMetrics = [] }: OtlpBody) {
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .map(({ name, gauge, sum, histogram }) => {
      const points = (gauge ?? sum ?? histogram)?.dataPoints ?? [];
      return [name, points.map(toPoint)] as const;
    });
}

function toPoint(
  { attributes, asInt, asDouble, count }: Point,
): ReceivedPoint {
  const value = Number(asInt ?? asDouble ?? count);
  return { attributes: toObject(attributes), value };
}

function toObject(attributes: Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}
