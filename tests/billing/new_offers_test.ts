import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CREDIT_PACKS, PLANS } from "@/lib/billing/plans.ts";

const ROOT = new URL("../../", import.meta.url);

/** A plan and a pack as an operator would add them. */
const PLAN = `{
    id: "team",
    name: "Team",
    summary: { en: "For a company with several products." },
    features: [{ en: "Everything in Pro" }],
    entitlements: { features: ["roles"], limits: { projects: 9 } },
    tokensPerMonth: 123_000,
    rollsOver: false,
    callsPerMinute: 700,
    trialDays: 0,
    lookupKeys: { month: "team_month", year: "team_year" },
    alsoPrices: ["team_2019", "price_before_lookup_keys"],
    suggestedAmounts: { month: 5_900, year: 59_000 },
  },
`;
const PACK = `{
    id: "huge",
    name: { en: "Huge" },
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

/** Adds one entry to each list of the catalogue. */
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

Deno.test("a plan with older prices and a pack are added with one catalogue entry each", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copy = new URL(`file://${folder}/copy/`);
    await copyTree(ROOT, copy);
    const file = new URL("lib/billing/plans.ts", copy);
    await Deno.writeTextFile(
      file,
      withNewOffers(await Deno.readTextFile(file)),
    );
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          ...["test", "-A", "--no-check"],
          "tests/billing/catalogue_sales_test.ts",
        ],
        cwd: copy,
        env: { NO_COLOR: "1" },
      },
    ).output();
    const text = new TextDecoder();
    const printed = text.decode(stdout) + text.decode(stderr);
    assert(success, printed);
    const expected = [
      "plan team is sold per month",
      "plan team is sold per year",
      "pack huge is sold",
      "older price team_2019 counts as plan team",
      "older price price_before_lookup_keys counts as plan team",
    ];
    for (const name of expected) {
      assertStringIncludes(printed, `${name} ... ok`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const SOURCES = ["components", "islands", "lib", "routes", "sandbox", "tasks"];

async function* readSources(folder: URL): AsyncGenerator<[string, string]> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) yield* readSources(url);
    else if (/\.tsx?$/.test(name)) {
      yield [url.pathname, await Deno.readTextFile(url)];
    }
  }
}

Deno.test("only the catalogue names plans, packs and lookup keys", async () => {
  // These ids are also a ledger kind, a rate limit option and a CSS class.
  const ambiguous: string[] = ["free", "scale", "small"];
  const ids = [...PLANS, ...CREDIT_PACKS].map(({ id }) => id)
    .filter((id) => !ambiguous.includes(id));
  const literal = new RegExp(
    `["'\`](?:${ids.join("|")})["'\`]|\\b(?:${ids.join("|")}):|` +
      `\\b(?:${lookupKeys().join("|")})\\b`,
  );
  const found: string[] = [];
  for (const folder of SOURCES) {
    for await (const [path, text] of readSources(new URL(`${folder}/`, ROOT))) {
      if (literal.test(withoutComments(text))) found.push(path);
    }
  }
  const catalogue = new URL("lib/billing/plans.ts", ROOT).pathname;
  assertEquals(found, [catalogue]);
});

function lookupKeys(): string[] {
  const plans = PLANS.flatMap(({ lookupKeys }) =>
    Object.values(lookupKeys ?? {})
  );
  return [...plans, ...CREDIT_PACKS.map(({ lookupKey }) => lookupKey)];
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, "");
}
