import type { Failure, RunOptions } from "./run.ts";
import type { Action, Step } from "./steps.ts";

/** A failure as a short list of steps, and the command that replays it. */
export function storyOf(
  { seed, organizations, days }: RunOptions,
  steps: readonly Step[],
  { message }: Failure,
): string {
  const lines = steps.map((step) =>
    `  ${timeOf(step.atMs)}  org_${step.org + 1} ${phraseOf(step.action)}` +
    (step.calm ? "" : "  (with faults)")
  );
  const only = steps.map(({ id, calm }) => calm ? `${id}c` : `${id}`).join();
  return [
    `Seed ${seed} fails: ${message}`,
    ...lines,
    `deno task simulate --seed ${seed} --organizations ${organizations} ` +
    `--days ${days} --only ${only || "none"} --trace`,
  ].join("\n");
}

/** `day 12, 09:30:05` */
function timeOf(atMs: number): string {
  const date = new Date(atMs);
  const day = Math.floor(atMs / 86_400_000) + 1;
  return `day ${day}, ${date.toISOString().slice(11, 19)}`;
}

function phraseOf(action: Action): string {
  switch (action.do) {
    case "read":
      return `reads the ${action.page}`;
    case "subscribe":
      return `chooses ${action.plan}, paid by the ${action.interval}, with a ${action.pays}` +
        (action.returns ? "" : ", and closes the tab");
    case "buy":
      return `buys a ${action.pack} pack with a ${action.pays}`;
    case "portal":
      return `in the portal: ${portalPhrase(action)}`;
    case "charge":
      return `charges ${action.tokens} tokens, ${action.calls} calls with one key`;
    case "refund":
      return `gets ${action.half ? "half" : "all"} of a pack refunded`;
    case "answer dispute":
      return `has a dispute answered with ${action.evidence} evidence`;
    case "delete customer":
      return "loses its customer at Stripe";
    case "delete organization":
      return "is deleted";
    case "subscribe at Stripe":
      return `has ${action.plan} at Stripe, paid by the ${action.interval}`;
    default:
      return `${action.do}`;
  }
}

function portalPhrase(action: Extract<Action, { do: "portal" }>): string {
  if (action.act === "change") {
    return `changes to ${action.plan}, paid by the ${action.interval}`;
  }
  return action.act === "card" ? `adds a ${action.card}` : action.act;
}
