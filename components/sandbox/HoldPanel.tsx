import type { HoldAction, SandboxEventPage } from "@/lib/sandbox.ts";

type Held = SandboxEventPage["held"];

/** Whether upcoming events are held, with buttons to hold or release them. */
export function HoldPanel({ held }: { held: Held }) {
  return (
    <div class="hold" role="status">
      <p>{STATUS[held]}</p>
      <form class="row" method="post" action="/sandbox">
        {ACTIONS[held].map(([action, label]) => (
          <button
            key={action}
            class="small"
            type="submit"
            name="keep"
            value={action}
          >
            {label}
          </button>
        ))}
      </form>
    </div>
  );
}

const STATUS: Record<Held, string> = {
  none: "Events are delivered immediately.",
  all: "Events are held until you release them.",
  next_two: "The next two events are held, then delivered in reverse order.",
};

const ACTIONS: Record<Held, [action: HoldAction, label: string][]> = {
  none: [["hold", "Hold events"], ["swap", "Reorder next two"]],
  all: [
    ["release", "Release"],
    ["release_newest_first", "Release, newest first"],
  ],
  next_two: [["release", "Cancel"]],
};
