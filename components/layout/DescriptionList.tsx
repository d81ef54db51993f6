import type { ComponentChildren } from "preact";

/** A term and its description. */
export type DescriptionItem = [term: string, description: ComponentChildren];

/** A `<dl>` with one row per item. */
export function DescriptionList(
  { items }: { items: readonly DescriptionItem[] },
) {
  return (
    <dl class="description-list">
      {items.map(([term, description]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{description}</dd>
        </div>
      ))}
    </dl>
  );
}
