/** Fields of a log line. Never a secret, token, portal URL or card. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** Levels, the most severe last. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Writes one line per call; `error` is any thrown value. */
export type Log = {
  [level in LogLevel]: (
    message: string,
    fields?: LogFields,
    error?: unknown,
  ) => void;
};

const MAX_WARNINGS = 100;

/**
 * Returns a function that logs each distinct warning once. For problems that
 * an operator has to fix and that every request would report again.
 */
export function createWarnOnce(log: Log): Log["warn"] {
  const logged = new Set<string>();
  return (message, fields, error) => {
    const line = JSON.stringify([message, fields]);
    if (logged.has(line) || logged.size >= MAX_WARNINGS) return;
    logged.add(line);
    log.warn(message, fields, error);
  };
}

export interface LogOptions {
  level: LogLevel;
  format: "text" | "json";
  /** Returns the ids of the current trace. */
  traceFields?: () => LogFields;
  /** Writes a line; to standard error by default. */
  write?: (line: string) => void;
}

/**
 * Creates the log, as JSON lines or plain text. Errors are logged with name,
 * message, stack and causes, but no other properties, as errors of libraries
 * may hold customer data.
 */
export function createLog(options: LogOptions): Log {
  const lowest = LOG_LEVELS.indexOf(options.level);
  const write = options.write ?? ((line) => console.error(line));
  const at = (level: LogLevel): Log[LogLevel] => (message, fields, error) => {
    if (LOG_LEVELS.indexOf(level) < lowest) return;
    const line = {
      level,
      message,
      ...fields,
      ...options.traceFields?.(),
      ...describe(error),
    };
    write(options.format === "json" ? asJson(line) : asText(line));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

type Line = { level: string; message: string } & LogFields;

function asJson(line: Line): string {
  return JSON.stringify({ time: new Date().toISOString(), ...line });
}

function asText({ level, message, stack, ...fields }: Line): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const trace = stack === undefined ? "" : `\n${stack}`;
  return `${level.toUpperCase().padEnd(5)} ${message}${rest.join("")}${trace}`;
}

/** Bounds a circular chain of causes. */
const MAX_CAUSES = 5;

function describe(error: unknown): LogFields {
  if (error === undefined) return {};
  const chain: string[] = [];
  let link: unknown = error;
  while (link !== undefined && chain.length < MAX_CAUSES) {
    chain.push(
      link instanceof Error ? `${link.name}: ${link.message}` : typeof link,
    );
    link = link instanceof Error ? link.cause : undefined;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    error: chain.join(" ← "),
    ...(stack === undefined ? {} : { stack }),
  };
}
