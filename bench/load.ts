/** The request that autocannon repeats. */
export interface Load {
  url: string;
  method: "GET" | "POST";
  headers: Record<string, string>;
}

const CALLERS = 32;
const SECONDS = 3;

/**
 * Repeats a request from 32 concurrent callers for three seconds. Runs
 * autocannon in a separate process, so that it is not a dependency.
 *
 * @returns Responses per second.
 * @throws {Error} If a response is not 2xx.
 */
export async function responsesPerSecond(load: Load): Promise<number> {
  const headers = Object.entries(load.headers)
    .flatMap(([name, value]) => ["-H", `${name}=${value}`]);
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", "--no-config", "--no-lock"],
      ...["npm:autocannon@8.0.0", "--json", "--no-progress"],
      ...["-c", String(CALLERS), "-d", String(SECONDS), "-m", load.method],
      ...headers,
      load.url,
    ],
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot load ${load.url}: autocannon failed`);
  const result = JSON.parse(new TextDecoder().decode(stdout));
  if (result["2xx"] === 0 || result.non2xx > 0 || result.errors > 0) {
    throw new Error(`Cannot measure ${load.url}: ${result.non2xx} not 2xx`);
  }
  return result["2xx"] / result.duration;
}
