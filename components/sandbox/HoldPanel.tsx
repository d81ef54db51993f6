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
  none: "Events are sent as they happen.",
  all: "Events are held: none is sent until you let them go.",
  next_two: "The next two events are kept, then sent the wrong way round.",
};

const ACTIONS: Record<Held, [action: HoldAction, label: string][]> = {
  none: [["hold", "Hold events"], ["swap", "Swap the next two"]],
  all: [
    ["release", "Let them go"],
    ["release_newest_first", "Let them go, newest first"],
  ],
  next_two: [["release", "Send as they happen"]],
};
