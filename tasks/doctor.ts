/** `deno task doctor`: checks a configuration end to end. */
import { createServices } from "@/compose.ts";
import { loadConfig } from "@/lib/config/config.ts";
import { CHECKS, type DoctorContext, wordsOf } from "./checks.ts";
import { runCommand } from "./run_command.ts";

/** What one check has found. */
export interface Finding {
  name: string;
  ok: boolean;
  /** What was seen, or what is wrong. */
  detail: string;
  /** How to mend it; null where nothing is wrong. */
  mend: string | null;
}

/**
 * Looks at all that a configuration needs; one thing that fails keeps no
 * other from being looked at. Changes nothing that stays.
 */
export async function examine(patient: DoctorContext): Promise<Finding[]> {
  const inSandbox = patient.services.config.stripe.mode === "sandbox";
  const findings: Finding[] = [];
  for (const { name, mend, look, ...check } of CHECKS) {
    if (inSandbox && !check.inSandbox) continue;
    try {
      const detail = await look(patient);
      findings.push({ name, ok: true, detail, mend: null });
    } catch (error) {
      findings.push({ name, ok: false, detail: wordsOf(error), mend });
    }
  }
  return findings;
}

/** The findings as they are printed, a line each, and how to mend below. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ name, ok, detail, mend }) => [
    `${ok ? "ok  " : "FAIL"} ${name}: ${detail}`,
    ...(mend === null ? [] : [`     to mend it, ${mend}`]),
  ]);
}

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { services } = await createServices(config);
  try {
    const findings = await examine({ services, fetch });
    findingLines(findings).forEach((line) => console.log(line));
    return findings.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    services.store.close();
  }
}

if (import.meta.main) Deno.exit(await runCommand(run));
