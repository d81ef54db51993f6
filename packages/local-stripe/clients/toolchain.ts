/**
 * Runs a command and returns its output.
 *
 * @throws {Error} If it fails or is not installed.
 */
export async function run(
  name: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { success, text } = await attempt(name, args, options);
  if (success) return text;
  throw new Error(`Cannot run ${name} ${args.join(" ")}:\n${text}`);
}

/** Runs a command that may fail; on failure the text has its errors too. */
export async function attempt(
  name: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<{ success: boolean; text: string }> {
  const command = new Deno.Command(name, { args, stdin: "null", ...options });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const printed = decoder.decode(stdout);
  const text = success ? printed : printed + decoder.decode(stderr);
  return { success, text };
}
