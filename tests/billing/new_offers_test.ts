import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** A plan and a pack, as an operator adds them. */
const PLAN = `{
    id: "team",
    name: "Team",
    summary: "For a company with several products.",
    features: ["Everything in Pro"],
    tokensPerMonth: 123_000,
    rollsOver: false,
    callsPerMinute: 700,
    trialDays: 0,
    lookupKeys: { month: "team_month", year: "team_year" },
    suggestedAmounts: { month: 5_900, year: 59_000 },
  },
`;
const PACK = `{
    id: "huge",
    name: "Huge",
    tokens: 1_700_000,
    lookupKey: "credits_huge",
    suggestedAmount: 90_000,
  },
`;

/** Packages' tests write temporary files into their fixtures. */
const LEFT_OUT = ["_fresh", "data", "bench", "docs", "fixtures"];

async function copyTree(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (name.startsWith(".") || LEFT_OUT.includes(name)) continue;
    if (isFile) await Deno.copyFile(new URL(name, from), new URL(name, to));
    if (isDirectory) {
      await copyTree(new URL(`${name}/`, from), new URL(`${name}/`, to));
    }
  }
}

/** Adds one entry to each list of the catalogue, and nothing else. */
function withNewOffers(catalogue: string): string {
  const lists = [
    { end: "] as const satisfies readonly Plan[];", entry: PLAN },
    { end: "] as const satisfies readonly CreditPack[];", entry: PACK },
  ];
  return lists.reduce((text, { end, entry }) => {
    assertEquals(text.split(end).length, 2);
    return text.replace(end, `  ${entry}${end}`);
  }, catalogue);
}

Deno.test("a plan and a pack are added by one entry each", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copy = new URL(`file://${folder}/copy/`);
    await copyTree(ROOT, copy);
    const file = new URL("lib/billing/plans.ts", copy);
    await Deno.writeTextFile(
      file,
      withNewOffers(await Deno.readTextFile(file)),
    );
    // Types are checked too: what lists ids by hand would not compile.
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: ["test", "-A", "tests/billing/catalogue_sales_test.ts"],
        cwd: copy,
        env: { NO_COLOR: "1" },
      },
    ).output();
    const [out, errors] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assert(success, `${out}\n${errors}`);
    for (
      const sold of [
        "plan team is sold by the month",
        "plan team is sold by the year",
        "pack huge is sold",
      ]
    ) assert(out?.includes(`${sold} ... ok`), out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
