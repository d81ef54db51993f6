import type { ComponentChildren } from "preact";

/** A section of a page, labelled by its heading. */
export function Section({ id, heading, children }: {
  id: string;
  heading: string;
  children: ComponentChildren;
}) {
  return (
    <section id={id} class="part" aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>{heading}</h2>
      {children}
    </section>
  );
}
