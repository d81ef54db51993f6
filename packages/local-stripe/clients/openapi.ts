import { assert, assertEquals } from "@std/assert";
import { objectsOf, type Schema, Validator } from "./schemas.ts";
import { run } from "./toolchain.ts";

/** The module with Stripe's OpenAPI of version 2026-08-26.dahlia. */
const MODULE = "github.com/stripe/stripe-mock@v0.203.0";

/** Differences from that version: `type.member`, by reason. */
const DIFFERENCES: Record<string, string[]> = {
  "sent by Stripe and typed by its SDK, left out of the OpenAPI": [
    "charge.source",
    "payment_intent.source",
    "price.recurring.trial_period_days",
    "product.type",
    "subscription_item.plan",
    "subscription_schedule.phases.items.plan",
  ],
  "new in 2026-09-30.endive or 2026-10-28.endive": [
    "account.business_profile.specified_commercial_transactions_act_url",
    "account.settings.payments.statement_descriptor_prefix_kana",
    "account.settings.payments.statement_descriptor_prefix_kanji",
    "billing_portal.configuration.features.subscription_pause",
    "billing_portal.session.after_expiration",
    "billing_portal.session.flow.subscription_pause",
    "billing_portal.session.flow.type",
    "charge.payment_method_details.card.electronic_commerce_indicator",
    "checkout.session.allowed_payment_method_types",
    "dispute.evidence_details.submission_method",
    "dispute.intended_submission_method",
    "payment_intent.payment_record",
    "product.tax_details",
    "subscription.status_details",
    "subscription.trial_settings.end_behavior.billing_cycle_anchor",
    "subscription_item.current_trial",
    "subscription_schedule.pause_schedules",
  ],
  "the object of the event invoice.upcoming has no id": ["invoice.id"],
};

async function readSchemas(): Promise<Record<string, Schema>> {
  const folder = await Deno.makeTempDir();
  try {
    const printed = await run("go", ["mod", "download", "-json", MODULE], {
      cwd: folder,
    });
    const path = `${JSON.parse(printed).Dir}/embedded/openapi/spec3.json`;
    return JSON.parse(await Deno.readTextFile(path)).components.schemas;
  } finally {
    await Deno.remove(folder);
  }
}

/** Runs the package's tests and returns the distinct objects in the responses. */
async function objectsOfTests(): Promise<Record<string, unknown>[]> {
  const record = await Deno.makeTempFile();
  try {
    const tests = new URL("../tests", import.meta.url).pathname;
    const args = ["test", "-A", "--no-check", "--parallel", "--quiet", tests];
    await run(Deno.execPath(), args, { env: { LOCAL_STRIPE_RECORD: record } });
    const lines = new Set((await Deno.readTextFile(record)).split("\n"));
    lines.delete("");
    return [...lines].flatMap((line) => objectsOf(JSON.parse(line)));
  } finally {
    await Deno.remove(record);
  }
}

Deno.test("every object in the package's tests fits Stripe's OpenAPI", async () => {
  const [schemas, objects] = await Promise.all([
    readSchemas(),
    objectsOfTests(),
  ]);
  const validator = new Validator(schemas);
  const types = new Set(objects.map((object) => String(object["object"])));
  assert(objects.length > 3_000, `${objects.length} objects`);
  assert(types.size >= 26, [...types].join(", "));
  const found = new Map<string, string>();
  for (const object of objects) {
    for (const difference of validator.check(object)) {
      const [member = ""] = difference.split(": ");
      found.set(member, difference);
    }
  }
  const listed = new Set(Object.values(DIFFERENCES).flat());
  const unlisted = [...found].filter(([member]) => !listed.has(member));
  assertEquals(unlisted.map(([, difference]) => difference), []);
  // A difference that is gone leaves the table.
  assertEquals([...listed].filter((member) => !found.has(member)), []);
});

Deno.test("the validator reports missing, unknown and wrong members", () => {
  const validator = new Validator({
    thing: {
      type: "object",
      required: ["object", "size", "owner"],
      properties: {
        object: { type: "string", enum: ["thing"] },
        size: { type: "integer" },
        color: { type: "string", enum: ["red"], nullable: true },
        owner: {
          anyOf: [{ maxLength: 5, type: "string" }, { $ref: "#/thing" }],
        },
      },
    },
  });
  const check = (members: object) =>
    validator.check({ object: "thing", size: 1, owner: "me", ...members });
  assertEquals(check({ color: null }), []);
  assertEquals(check({ size: 1.5 }), ["thing.size: not integer"]);
  assertEquals(check({ size: null }), ["thing.size: null"]);
  assertEquals(check({ color: "blue" }), ['thing.color: "blue" is not listed']);
  assertEquals(check({ weight: 1 }), ["thing.weight: unknown"]);
  assertEquals(validator.check({ object: "thing", size: 1 }), [
    "thing.owner: missing",
  ]);
  assertEquals(check({ owner: "everyone" }), ["thing.owner: longer than 5"]);
  assertEquals(check({ owner: { object: "thing", size: 2 } }), [
    "thing.owner: missing",
  ]);
  assertEquals(validator.check({ object: "stone" }), ["stone: unknown type"]);
});
