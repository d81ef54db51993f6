/** Fields of a log line. Never a secret, a token, a portal URL or a card. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** Levels in order of weight. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Writes one line an event; `error` may carry what was thrown. */
export type Log = {
  [level in LogLevel]: (
    message: string,
    fields?: LogFields,
    error?: unknown,
  ) => void;
};

/** Most of what a process tells its operator once. */
const MAX_TOLD = 100;

/**
 * Makes a warning that is written the first time only, for what an operator
 * has to mend and every request would repeat.
 */
export function createWarnOnce(log: Log): Log["warn"] {
  const told = new Set<string>();
  return (message, fields, error) => {
    const line = JSON.stringify([message, fields]);
    if (told.has(line) || told.size >= MAX_TOLD) return;
    told.add(line);
    log.warn(message, fields, error);
  };
}

export interface LogOptions {
  level: LogLevel;
  format: "text" | "json";
  /** Where lines go; standard error when left out. */
  write?: (line: string) => void;
}

/**
 * Makes the log: JSON lines for machines, plain text for a person. Of an
 * error it writes name, message, stack and the chain of causes, never other
 * properties: those of a foreign error may hold customer data.
 */
export function createLog(options: LogOptions): Log {
  const lowest = LOG_LEVELS.indexOf(options.level);
  const write = options.write ?? ((line) => console.error(line));
  const at = (level: LogLevel): Log[LogLevel] => (message, fields, error) => {
    if (LOG_LEVELS.indexOf(level) < lowest) return;
    const line = { level, message, ...fields, ...describe(error) };
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

/** An endless chain of causes is cut here. */
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
