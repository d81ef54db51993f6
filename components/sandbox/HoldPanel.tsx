import type { KeepWay, SandboxEventPage } from "@/lib/sandbox_console.ts";

type Keeping = SandboxEventPage["keeping"];

/** What becomes of the events to come, and the switches for it. */
export function HoldPanel({ keeping }: { keeping: Keeping }) {
  return (
    <div class="switches" role="status">
      <p>{WORDS[keeping]}</p>
      <form class="row" method="post" action="/sandbox">
        {WAYS[keeping].map(([way, label]) => (
          <button key={way} class="small" type="submit" name="keep" value={way}>
            {label}
          </button>
        ))}
      </form>
    </div>
  );
}

const WORDS: Record<Keeping, string> = {
  nothing: "Events are sent as they happen.",
  all: "Events are held: none is sent until you let them go.",
  two: "The next two events are kept, then sent the wrong way round.",
};

const WAYS: Record<Keeping, [way: KeepWay, label: string][]> = {
  nothing: [["hold", "Hold events"], ["swap", "Swap the next two"]],
  all: [
    ["release", "Let them go"],
    ["release_newest_first", "Let them go, newest first"],
  ],
  two: [["release", "Send as they happen"]],
};
