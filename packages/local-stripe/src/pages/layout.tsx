import type { ComponentChildren } from "preact";
import { BUSINESS_NAME } from "../context.ts";

/** The frame of every hosted page: whose it is and what it is on one side, its content on the other. */
export function Layout(props: {
  title: string;
  stylePath: string;
  headline?: string | null;
  returnUrl?: string | null;
  links?: { href: string; text: string }[];
  children: ComponentChildren;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${props.title} · ${BUSINESS_NAME}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={props.stylePath} />
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <div class="frame">
          <header class="brand">
            <div class="brand-inner">
              {props.returnUrl && (
                <a class="return" href={props.returnUrl} rel="noreferrer">
                  <span aria-hidden="true">←</span> Return to {BUSINESS_NAME}
                </a>
              )}
              <p class="brand-name">
                <span class="brand-mark" aria-hidden="true">
                  {BUSINESS_NAME.slice(0, 1)}
                </span>
                {BUSINESS_NAME}
              </p>
              <p class="headline">
                {props.headline ??
                  "Manage your billing, cards and invoices in one place."}
              </p>
              <StandIn />
              <BrandLinks links={props.links ?? []} />
            </div>
          </header>
          <main class="content" id="content">
            <div class="content-inner">{props.children}</div>
          </main>
        </div>
      </body>
    </html>
  );
}

/** What nobody may overlook: this is not Stripe. */
export function StandIn() {
  return (
    <p class="stand-in" role="note">
      <strong>Local stand-in for Stripe</strong>
      <span>No real money. Nothing leaves this machine.</span>
    </p>
  );
}

function BrandLinks({ links }: { links: { href: string; text: string }[] }) {
  if (links.length === 0) return null;
  return (
    <nav class="brand-links" aria-label="About this business">
      {links.map(({ href, text }) => (
        <a key={href} href={href} rel="noreferrer">{text}</a>
      ))}
    </nav>
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

/** One input with its label, hint and what is wrong with it. */
export function Field(props: {
  name: string;
  label: string;
  value?: string;
  error?: string | undefined;
  hint?: string;
  type?: "text" | "email" | "tel";
  inputMode?: "numeric" | "text";
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  class?: string;
}) {
  const { name, error, hint } = props;
  const told = [hint && `${name}-hint`, error && `${name}-error`].filter(
    Boolean,
  ).join(" ");
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={name}>{props.label}</label>
      <input
        id={name}
        name={name}
        type={props.type ?? "text"}
        value={props.value ?? ""}
        autocomplete="off"
        {...(props.inputMode && { inputMode: props.inputMode })}
        {...(props.maxLength && { maxLength: props.maxLength })}
        {...(props.placeholder && { placeholder: props.placeholder })}
        {...(props.required && { required: true })}
        {...(told && { "aria-describedby": told })}
        {...(error && { "aria-invalid": "true" })}
      />
      {hint && <p class="hint" id={`${name}-hint`}>{hint}</p>}
      {error && <p class="field-error" id={`${name}-error`}>{error}</p>}
    </div>
  );
}
