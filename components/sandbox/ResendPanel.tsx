import type { SendWay } from "@/lib/sandbox_console.ts";

/** Ways to send an event once more. */
export function ResendPanel({ eventId }: { eventId: string }) {
  return (
    <form class="sends" method="post" action={`/sandbox/events/${eventId}`}>
      {WAYS.map(([way, label, about]) => (
        <button
          key={way}
          class="choice"
          type="submit"
          name="send"
          value={way}
        >
          <span class="choice-name">{label}</span>
          <span class="soft">{about}</span>
        </button>
      ))}
    </form>
  );
}

const WAYS: [way: SendWay, label: string, about: string][] = [
  ["again", "Send again", "The same event, signed anew."],
  ["twice", "Send twice", "Two of the same, one right after the other."],
  ["late", "Send late", "In a minute from now."],
  [
    "out_of_order",
    "Send out of order",
    "This one, then the one that happened before it.",
  ],
];
