import type { ComponentChildren } from "preact";
import { Arches } from "./Logo.tsx";

/** A page that only says what is the matter, and offers the way on. */
export function MessagePage({ eyebrow, heading, children }: {
  /** A status or the like, above the heading. */
  eyebrow: string;
  heading: string;
  children: ComponentChildren;
}) {
  return (
    <div class="threshold">
      <div>
        <p class="eyebrow">{eyebrow}</p>
        <h1>{heading}</h1>
        {children}
      </div>
      <Arches />
    </div>
  );
}

/** A way on: where to, and what it says. */
export interface Way {
  href: string;
  label: string;
}

/** Ways on as buttons, the first of them the likeliest. */
export function Ways({ ways }: { ways: readonly Way[] }) {
  return (
    <p class="ways">
      {ways.map(({ href, label }, index) => (
        <a
          key={href}
          class={index === 0 ? "button" : "button plain"}
          href={href}
          aria-current="false"
        >
          {label}
        </a>
      ))}
    </p>
  );
}
