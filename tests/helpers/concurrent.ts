/**
 * Returns a `Deno.test` for tests that mostly wait: those of a file run at the
 * same time, and each is reported by its name. They must not share state.
 */
export function concurrentTests(): (
  name: string,
  run: () => Promise<void>,
) => void {
  const tests: Test[] = [];
  return (name, run) => {
    const test: Test = { run };
    tests.push(test);
    // Operations of the others would look like leaks of this test.
    const options = { sanitizeOps: false, sanitizeResources: false };
    Deno.test({ name, ...options, fn: () => startAll(tests, test) });
  };
}

interface Test {
  run: () => Promise<void>;
  running?: Promise<void>;
}

async function startAll(tests: Test[], test: Test): Promise<void> {
  for (const each of tests) {
    each.running ??= each.run();
    // A failure is reported when its test is awaited.
    each.running.catch(() => {});
  }
  await test.running;
}
