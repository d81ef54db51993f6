/** Styles of the portal. */
export const PLAN_STYLE = `
@layer components {
  .plan { display: grid; gap: 0.375rem; padding: 1.25rem; border: 1px solid var(--line);
    border-radius: 0.75rem; background: var(--surface); }
  .plan + .plan { margin-top: 0.875rem; }
  .plan p { margin: 0; }
  .plan-head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 0.75rem; }
  .plan-head h3 { margin: 0; font-size: 1.25rem; line-height: 1.25; letter-spacing: -0.01em; }
  .plan-off { margin: 0; color: var(--good); font-weight: 500; }
  .plan-price { font-size: 1.0625rem; font-weight: 550; font-variant-numeric: tabular-nums; }
  .plan-actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0.625rem; }
  .plan > .plan-actions { margin-top: 0.875rem; }
  .plan-actions .secondary { padding: 0 0.5rem; }
  .plan > .plan-actions:empty { display: none; }
  .badge[data-status="trialing"] { background: var(--accent-soft); color: var(--accent); }
  .badge[data-status="past_due"], .badge[data-status="unpaid"], .badge[data-status="incomplete"] {
    background: var(--alert-soft); color: var(--alert); }
  .badge[data-status="ending"], .badge[data-status="paused"] { background: var(--line); color: var(--ink); }
  .unpaid { display: grid; gap: 0.875rem; margin-top: 0.75rem; padding: 1rem; border-radius: 0.5rem;
    background: var(--alert-soft); border-left: 0.25rem solid var(--alert); }
  .quiet { display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 1.125rem;
    border: 1px solid var(--line-strong); border-radius: 0.5rem; background: var(--surface);
    color: var(--ink); font-weight: 600; text-decoration: none; cursor: pointer; }
  .quiet:hover { border-color: var(--ink); color: var(--ink); }

  .choices-list { border: 1px solid var(--line); border-radius: 0.75rem; background: var(--surface);
    overflow: hidden; }
  .choices-list li { display: flex; align-items: center; justify-content: space-between; gap: 1rem;
    min-height: 4.5rem; padding: 0.875rem 1.125rem; }
  .choices-list li + li { border-top: 1px solid var(--line); }
  .choices-list [aria-current] { background: var(--page); }
  .choices-list .quiet { flex: none; }
  .choice-words { display: grid; gap: 0.125rem; font-variant-numeric: tabular-nums; }
  .change { padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem;
    background: var(--surface); }
  .lines tfoot th { font-weight: 650; color: var(--ink); font-size: 1rem; }
  .lines tfoot th, .lines tfoot td { border-bottom: 0; }
  textarea { width: 100%; padding: 0.5rem 0.75rem; border: 1px solid var(--line-strong);
    border-radius: 0.5rem; background: var(--surface); color: inherit; font: inherit; resize: vertical; }
  .pdf { margin-left: 0.75rem; font-size: 0.875rem; }

  @media print { .no-print { display: none; } }
}
`;
