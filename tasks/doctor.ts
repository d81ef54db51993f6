/**
 * `deno task doctor`: checks a configuration end to end, or with `--token` why
 * a session token is accepted or refused.
 */
import { parseArgs } from "node:util";
import { createServices } from "@/compose.ts";
import { type Config, loadConfig } from "@/lib/config/config.ts";
import { CHECKS, type DoctorContext, errorMessage } from "./checks.ts";
import { CommandError, runCommand } from "./run_command.ts";
import { createReasonLog, explainToken, formatSteps } from "./token_checks.ts";

/** The result of a check. */
export interface Finding {
  name: string;
  ok: boolean;
  /** True if a failure does not stop the app. */
  isWarning: boolean;
  /** The result, or the problem. */
  detail: string;
  /** How to fix the problem; null if the check passed. */
  fix: string | null;
}

/** Runs every check of the configuration, even after one fails. */
export async function runChecks(context: DoctorContext): Promise<Finding[]> {
  const inSandbox = context.services.config.stripe.mode === "sandbox";
  const findings: Finding[] = [];
  for (const { name, fix, run, isWarning = false, ...check } of CHECKS) {
    if (inSandbox && !check.inSandbox) continue;
    try {
      const detail = await run(context);
      findings.push({ name, ok: true, isWarning, detail, fix: null });
    } catch (error) {
      const detail = errorMessage(error);
      findings.push({ name, ok: false, isWarning, detail, fix });
    }
  }
  return findings;
}

/** Formats findings for the terminal: a line each, and a line per fix. */
export function formatFindings(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ name, ok, isWarning, detail, fix }) => [
    `${ok ? "ok  " : isWarning ? "WARN" : "FAIL"} ${name}: ${detail}`,
    ...(fix === null ? [] : [`     to fix it, ${fix}`]),
  ]);
}

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { token } = readArguments();
  if (token !== undefined) return await checkToken(config, token);
  const { services } = await createServices(config);
  try {
    const findings = await runChecks({ services, fetch });
    formatFindings(findings).forEach((line) => console.log(line));
    return findings.every(({ ok, isWarning }) => ok || isWarning) ? 0 : 1;
  } finally {
    services.store.close();
  }
}

function readArguments() {
  const options = { token: { type: "string" } } as const;
  try {
    return parseArgs({ args: Deno.args, options }).values;
  } catch (cause) {
    // Not the parser's message, which quotes an argument: it may be the token.
    throw new CommandError("Usage: deno task doctor [--token JWT]", { cause });
  }
}

async function checkToken(config: Config, token: string): Promise<number> {
  const { log, reason } = createReasonLog();
  const { services } = await createServices(config, { log });
  try {
    const steps = await explainToken(services, reason, token);
    formatSteps(steps).forEach((line) => console.log(line));
    return steps.every(({ ok }) => ok === true) ? 0 : 1;
  } finally {
    services.store.close();
  }
}

if (import.meta.main) Deno.exit(await runCommand(run));
