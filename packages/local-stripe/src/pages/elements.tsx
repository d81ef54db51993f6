import type { ComponentChildren } from "preact";

/** A page's heading, with a sentence below it. */
export function Heading(props: {
  title: ComponentChildren;
  lead: ComponentChildren;
  /** The style of the sentence; "lead" by default. */
  tone?: "lead" | "muted";
  /** Announces the sentence to screen readers. */
  live?: boolean;
  /** Shown before the title. */
  before?: ComponentChildren;
  /** Shown after the sentence. */
  children?: ComponentChildren;
}) {
  return (
    <div class="title">
      {props.before}
      <h1>{props.title}</h1>
      <p
        class={props.tone ?? "lead"}
        {...(props.live && { role: "status" as const })}
      >
        {props.lead}
      </p>
      {props.children}
    </div>
  );
}

/** A titled part of a page. */
export function Section(
  props: { id: string; title: string; children: ComponentChildren },
) {
  return (
    <section class="section" aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** An error message about a page or a form; nothing without one. */
export function ErrorMessage(
  { children }: { children: string | null | undefined },
) {
  return children ? <p class="form-error" role="alert">{children}</p> : null;
}

/** A paragraph with a link to another site; nothing without a URL. */
export function LinkLine(props: {
  href: string | null;
  class: "primary" | "action";
  children: ComponentChildren;
}) {
  if (props.href === null) return null;
  return (
    <p>
      <a class={props.class} href={props.href} rel="noreferrer">
        {props.children}
      </a>
    </p>
  );
}

/** Terms and their values. */
export function DescriptionList(props: {
  class?: string;
  rows: readonly (readonly [term: string, value: ComponentChildren])[];
}) {
  return (
    <dl class={props.class}>
      {props.rows.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A table whose last column holds amounts, right-aligned. */
export function AmountTable(props: {
  class: string;
  columns: string[];
  /** Number of right-aligned columns at the end; 1 by default. */
  amounts?: number;
  rows: { id: string; cells: ComponentChildren[] }[];
  total?: string;
}) {
  const { columns, rows, total } = props;
  const firstAmount = columns.length - (props.amounts ?? 1);
  const aligned = (at: number) => at >= firstAmount && { class: "amount" };
  return (
    <table class={props.class}>
      <thead>
        <tr>
          {columns.map((label, at) => (
            <th key={label} scope="col" {...aligned(at)}>{label}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, cells }) => (
          <tr key={id}>
            {cells.map((cell, at) => <td key={at} {...aligned(at)}>{cell}</td>)}
          </tr>
        ))}
      </tbody>
      {total && (
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td class="amount">
              <strong>{total}</strong>
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/** An invoice's status as a colored badge. */
export function StatusBadge({ status }: { status: string | null }) {
  const shown = status ?? "draft";
  const label = shown.slice(0, 1).toUpperCase() + shown.slice(1);
  return <span class="badge" data-status={shown}>{label}</span>;
}
