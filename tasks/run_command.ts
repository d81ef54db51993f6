import { ConfigError } from "@/lib/config/config.ts";

/**
 * Runs a command of an operator; what the environment lacks is said in
 * sentences, not by a stack.
 *
 * @returns The process's exit code.
 */
export async function runCommand(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 1;
  }
}
