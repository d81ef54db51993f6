import type { Branding } from "../context.ts";

/** Styles that all hosted pages share: slate and blue, so that they are not mistaken for the app. */
export const STYLE = `
@layer reset, base, components;

:root {
  color-scheme: light dark;
  --page: #f4f6f9;
  --surface: #ffffff;
  --ink: #16202e;
  --ink-soft: #566275;
  --line: #dde3eb;
  --line-strong: #7d899c;
  --accent: #1f55c4;
  --accent-hover: #173f93;
  --accent-soft: #e8effc;
  --on-accent: #ffffff;
  --alert: #a8261c;
  --alert-soft: #fdecea;
  --good: #14653b;
  --good-soft: #e2f4e9;
  --panel: #17233a;
  --panel-deep: #0f1829;
  --panel-ink: #f3f6fb;
  --panel-soft: #b6c3d9;
  --panel-link: #cfe0ff;
  --caution: #ffd968;
  --caution-ink: #3a2a00;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --font-code: ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", monospace;
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151d;
    --surface: #18202b;
    --ink: #e9eef6;
    --ink-soft: #a4b0c2;
    --line: #2b3645;
    --line-strong: #78879d;
    --accent: #93b7ff;
    --accent-hover: #b5cdff;
    --accent-soft: #1d2d49;
    --on-accent: #0d1a33;
    --alert: #ff9d92;
    --alert-soft: #3a1b19;
    --good: #7fd6a4;
    --good-soft: #143324;
    --panel: #0c1421;
    --panel-deep: #080e18;
  }
}

@layer reset {
  *, *::before, *::after { box-sizing: border-box; }
  body, h1, h2, p, ul, dl, dd, fieldset, legend, table { margin: 0; padding: 0; }
  ul { list-style: none; }
  fieldset { border: 0; min-width: 0; }
  input, select, button { font: inherit; color: inherit; }
}

@layer base {
  html { font-family: var(--font); line-height: 1.5; -webkit-text-size-adjust: 100%; }
  body { background: var(--page); color: var(--ink); overflow-wrap: anywhere; }
  h1 { font-size: 1.625rem; line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
  h2 { font-size: 0.9375rem; line-height: 1.3; }
  a { color: var(--accent); text-underline-offset: 0.2em; }
  a:hover { color: var(--accent-hover); }
  code { font-family: var(--font-code); font-size: 0.9375em; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
}

@layer components {
  .visually-hidden {
    position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap;
  }
  .skip { position: absolute; left: 1rem; top: -6rem; z-index: 1; padding: 0.75rem 1rem;
    background: var(--surface); }
  .skip:focus { top: 1rem; }

  .frame { min-height: 100dvh; display: flex; flex-direction: column; }
  .brand { background: linear-gradient(160deg, var(--panel), var(--panel-deep));
    color: var(--panel-ink); --accent: var(--panel-link); --accent-hover: #ffffff; }
  .brand-inner { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; padding: 1.25rem; max-width: 44rem; margin: 0 auto; }
  .return { justify-self: start; display: inline-flex; align-items: center; gap: 0.5rem;
    min-height: 2.75rem; color: var(--panel-link); text-decoration: none; font-weight: 500; }
  .return:hover { color: #ffffff; text-decoration: underline; }
  .brand-name { display: flex; align-items: center; gap: 0.75rem;
    font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; }
  .brand-mark { display: grid; place-items: center; width: 2.25rem; height: 2.25rem;
    border-radius: 0.5rem; background: var(--panel-link); color: #14233f; font-weight: 700; }
  .brand-logo { height: 2.25rem; max-width: 9rem; padding: 0.25rem; border-radius: 0.5rem;
    background: #ffffff; object-fit: contain; }
  .headline { color: var(--panel-soft); max-width: 22rem; text-wrap: pretty; }
  .stand-in { display: grid; gap: 0.125rem; padding: 0.75rem 1rem; border-radius: 0.5rem;
    background: var(--caution); color: var(--caution-ink); font-size: 0.9375rem;
    border-left: 0.375rem solid #b97f00; }
  .brand-links { display: flex; gap: 1.25rem; font-size: 0.875rem; }
  .brand-links a { color: var(--panel-soft); }

  .content { flex: 1; }
  .content-inner { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.75rem; padding: 1.75rem 1.25rem 4rem;
    max-width: 44rem; margin: 0 auto; }
  .section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.875rem; justify-items: start; padding-top: 1.5rem;
    border-top: 1px solid var(--line); }
  .section > * { width: 100%; }
  .section > .action { width: auto; }
  .section > h2 { color: var(--ink-soft); font-weight: 600; }
  .title { display: grid; gap: 0.375rem; }
  .muted { color: var(--ink-soft); }
  .lead { color: var(--ink-soft); max-width: 34rem; font-size: 1.0625rem; }
  .notice { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--good-soft);
    color: var(--good); font-weight: 500; }
  .empty { padding: 1.25rem; border: 1px dashed var(--line-strong); border-radius: 0.625rem;
    color: var(--ink-soft); }
  .empty-title { color: var(--ink); font-size: 1.125rem; font-weight: 600; }

  .rows { border: 1px solid var(--line); border-radius: 0.625rem; background: var(--surface); }
  .row + .row { border-top: 1px solid var(--line); }
  .card-row { display: grid; grid-template-columns: auto 1fr; align-items: center;
    gap: 0.25rem 0.875rem; padding: 0.875rem 1rem; }
  .card-row > .muted { grid-column: 2; font-size: 0.9375rem; }
  .card-actions { grid-column: 2; display: flex; flex-wrap: wrap; gap: 0 1.25rem;
    align-items: start; }
  .chip { grid-row: span 2; align-self: start; width: 6.25rem; padding: 0.375rem 0.25rem;
    text-align: center; border: 1px solid var(--line); border-radius: 0.375rem;
    background: var(--page); font-size: 0.6875rem; font-weight: 700; letter-spacing: 0.04em;
    text-transform: uppercase; }
  .card-name { display: flex; align-items: center; gap: 0.625rem; }
  .number { white-space: nowrap; font-variant-numeric: tabular-nums; font-weight: 500; letter-spacing: 0.02em; }
  .badge { padding: 0.0625rem 0.5rem; border-radius: 1rem; background: var(--accent-soft);
    color: var(--accent); font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
  .badge[data-status="paid"] { background: var(--good-soft); color: var(--good); }
  .badge[data-status="uncollectible"] { background: var(--alert-soft); color: var(--alert); }
  .badge[data-status="void"], .badge[data-status="draft"] {
    background: var(--line); color: var(--ink); }

  .facts { display: grid; gap: 0.625rem; }
  .facts > div { display: grid; grid-template-columns: minmax(4.5rem, 22%) 1fr; gap: 0.75rem; }
  .facts dt { color: var(--ink-soft); }
  .facts dd { white-space: pre-line; overflow-wrap: anywhere; }

  table { width: 100%; border-collapse: collapse; }
  th { text-align: left; font-size: 0.875rem; font-weight: 500; color: var(--ink-soft); }
  th, td { padding: 0.625rem 0.75rem 0.625rem 0; border-bottom: 1px solid var(--line);
    vertical-align: top; }
  .amount { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums;
    white-space: nowrap; }
  .lines .amount { padding-left: 1rem; }
  .invoices td:first-child { white-space: nowrap; }
  .invoices a { display: inline-block; padding-block: 0.75rem; margin-block: -0.75rem; }
  .pager { display: flex; gap: 1.5rem; }
  .pager:empty { display: none; }

  .action { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.75rem;
    font-weight: 500; text-decoration: none; }
  .action:hover { text-decoration: underline; }
  .link, .confirm summary { display: inline-flex; align-items: center; min-height: 2.75rem;
    padding: 0; border: 0; background: none; color: var(--accent); font-size: 0.9375rem;
    cursor: pointer; list-style: none; }
  .confirm summary::-webkit-details-marker { display: none; }
  .confirm summary { color: var(--ink-soft); }
  .link:hover, .confirm summary:hover { text-decoration: underline; }
  .confirm[open] { flex-basis: 100%; order: 1; }
  .confirm form { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
  .danger, .primary, .secondary { display: inline-flex; align-items: center; min-height: 2.75rem;
    padding: 0 1.125rem; border: 1px solid transparent; border-radius: 0.5rem; font-weight: 600;
    text-decoration: none; cursor: pointer; }
  .primary { background: var(--accent); color: var(--on-accent); }
  .primary:hover { background: var(--accent-hover); color: var(--on-accent); }
  .secondary { color: var(--ink); }
  .secondary:hover { color: var(--ink); text-decoration: underline; }
  .danger { background: transparent; border-color: var(--alert); color: var(--alert); }
  .danger:hover { background: var(--alert-soft); }

  .form, .form fieldset { display: grid; gap: 1.125rem; max-width: 30rem; }
  .form legend { margin-bottom: 1.125rem; font-weight: 600; }
  .stack { display: grid; gap: 1rem; }
  .columns { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start; }
  .field { display: grid; gap: 0.375rem; }
  .field label { font-size: 0.9375rem; font-weight: 500; }
  .field input, .field select { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem;
    border: 1px solid var(--line-strong); border-radius: 0.5rem; background: var(--surface);
    font-size: 1rem; }
  .field input::placeholder { color: var(--ink-soft); opacity: 1; }
  .field [aria-invalid="true"] { border-color: var(--alert); box-shadow: inset 0 0 0 1px var(--alert); }
  .hint { color: var(--ink-soft); font-size: 0.875rem; }
  .field-error { color: var(--alert); font-size: 0.9375rem; }
  .form-error { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--alert-soft);
    color: var(--alert); font-weight: 500; }
  .buttons { display: flex; align-items: center; gap: 0.5rem; padding-top: 0.25rem; }
  .test-cards summary { min-height: 2.75rem; display: flex; align-items: center; gap: 0.5rem;
    color: var(--accent); cursor: pointer; }
  .test-cards summary::before { content: "▸"; }
  .test-cards[open] summary::before { content: "▾"; }
  .test-cards p { font-size: 0.9375rem; margin-bottom: 0.5rem; }
  .test-cards li { display: flex; flex-wrap: wrap; gap: 0 0.75rem; font-size: 0.875rem;
    color: var(--ink-soft); }
  .test-cards code { color: var(--ink); }

  .paper { display: grid; gap: 1.5rem; padding: 1.5rem; border: 1px solid var(--line);
    border-radius: 0.75rem; background: var(--surface); }
  .paper-head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.875rem; }
  .paper-amount { font-size: 2.25rem; line-height: 1.1; font-weight: 650; letter-spacing: -0.02em;
    font-variant-numeric: tabular-nums; }
  .period { display: block; font-size: 0.875rem; }
  .totals { display: grid; gap: 0.5rem; justify-self: end; min-width: min(100%, 16rem); }
  .totals > div { display: flex; justify-content: space-between; gap: 2rem; }
  .totals dd { font-variant-numeric: tabular-nums; }
  .totals > div:last-child { padding-top: 0.5rem; border-top: 1px solid var(--line);
    font-weight: 650; }

  @media (max-width: 30rem) {
    .invoices thead { position: absolute; clip-path: inset(50%); }
    .invoices tr { display: grid; grid-template-columns: 1fr auto; gap: 0.125rem 1rem;
      padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
    .invoices td { padding: 0; border: 0; }
    .invoices td:nth-child(1) { order: 3; color: var(--ink-soft); font-size: 0.9375rem; }
    .invoices td:nth-child(2) { order: 1; }
    .invoices td:nth-child(3) { order: 4; text-align: right; }
    .invoices td:nth-child(4) { order: 2; font-weight: 600; }
  }

  @media (min-width: 56.25rem) {
    .frame { display: grid; grid-template-columns: minmax(20rem, 2fr) 3fr; }
    .brand-inner { position: sticky; top: 0; min-height: 100dvh; max-width: 27rem;
      margin: 0 0 0 auto; padding: 4rem 3rem 2.5rem 2rem; align-content: start; gap: 1.25rem; }
    .headline { font-size: 1.375rem; line-height: 1.35; color: var(--panel-ink); }
    .stand-in { margin-top: 1.25rem; }
    .brand-links { margin-top: 1.25rem; }
    .content-inner { margin: 0; padding: 4rem 3rem; max-width: 50rem; }
    .card-row { grid-template-columns: auto 1fr auto; }
    .chip { align-self: center; }
    .card-actions { grid-area: 1 / 3 / span 2; align-items: center; justify-content: end; }
    .card-row:has(.confirm[open]) .card-actions { grid-area: 3 / 1 / auto / -1; }
    .confirm[open] form { justify-content: end; }
    .confirm[open] summary { justify-content: end; width: 100%; }
  }

  @media print {
    .frame { display: block; }
    .brand { background: none; color: #000000; }
    .brand-inner { position: static; min-height: 0; padding: 0 0 1.5rem; max-width: none; margin: 0; }
    .return, .brand-links, .headline, .skip { display: none; }
    .stand-in { border: 2px solid #000000; }
    .content-inner { padding: 0; max-width: none; }
    .paper { border: 0; padding: 0; }
  }
}
`;

/** Colors of the account's branding; as Stripe has it, of the panel and the buttons. */
export function brandStyle({ primaryColor: color }: Branding): string {
  if (color === undefined) return "";
  return `
:root {
  --panel: ${color};
  --panel-deep: color-mix(in srgb, ${color} 78%, black);
  --panel-ink: #ffffff;
  --panel-soft: #ffffff;
  --panel-link: #ffffff;
  --accent: ${color};
  --accent-hover: color-mix(in srgb, ${color} 75%, black);
  --accent-soft: color-mix(in srgb, ${color} 7%, white);
}

@media (prefers-color-scheme: dark) {
  :root {
    --panel: color-mix(in srgb, ${color} 70%, black);
    --panel-deep: color-mix(in srgb, ${color} 45%, black);
    --accent: color-mix(in srgb, ${color} 42%, white);
    --accent-hover: color-mix(in srgb, ${color} 30%, white);
    --accent-soft: color-mix(in srgb, ${color} 22%, black);
  }
}
`;
}
