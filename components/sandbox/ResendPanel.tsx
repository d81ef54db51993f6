import type { ResendMode } from "@/lib/sandbox.ts";

/** Buttons to send an event again. */
export function ResendPanel({ eventId }: { eventId: string }) {
  return (
    <form class="resend" method="post" action={`/sandbox/events/${eventId}`}>
      {MODES.map(([mode, label, description]) => (
        <button
          key={mode}
          class="choice"
          type="submit"
          name="send"
          value={mode}
        >
          <span class="choice-name">{label}</span>
          <span class="soft">{description}</span>
        </button>
      ))}
    </form>
  );
}

const MODES: [mode: ResendMode, label: string, description: string][] = [
  ["again", "Send again", "The same event with a new signature."],
  ["twice", "Send twice", "The same event twice in a row."],
  ["late", "Send late", "In one minute."],
  [
    "out_of_order",
    "Send out of order",
    "This event, then the one before it.",
  ],
];
