import { ConfigError } from "@/lib/config/config.ts";

/**
 * Runs an operator's command. Prints the message of a configuration error
 * instead of a stack trace.
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
