import type { ComponentChildren } from "preact";
import { Decoration } from "./Decoration.tsx";

/** The layout of a page that shows a single message, such as an error. */
export function MessagePage({ eyebrow, heading, children }: {
  eyebrow: string;
  heading: string;
  children: ComponentChildren;
}) {
  return (
    <div class="message-page">
      <div>
        <p class="eyebrow">{eyebrow}</p>
        <h1>{heading}</h1>
        {children}
      </div>
      <Decoration />
    </div>
  );
}

export interface LinkAction {
  href: string;
  label: string;
}

/** Links shown as buttons; the first is the primary action. */
export function LinkActions({ actions }: { actions: readonly LinkAction[] }) {
  return (
    <p class="actions">
      {actions.map(({ href, label }, index) => (
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
