/** Styles of Checkout and of the bank page. */
export const CHECKOUT_STYLE = `
@layer components {
  .checkout .brand-inner { gap: 1.25rem; }
  .checkout .stand-in { margin: 0; }
  .back { color: var(--panel-ink); text-decoration: none; justify-self: start; min-height: 2.75rem; }
  .back:hover { color: #ffffff; text-decoration: underline; }
  .order { display: grid; gap: 0.75rem; }
  .order-title { font-size: 1.0625rem; font-weight: 500; letter-spacing: 0; color: var(--panel-soft); }
  .order-price { font-size: 2.5rem; line-height: 1.1; font-weight: 650; letter-spacing: -0.025em;
    font-variant-numeric: tabular-nums; margin: 0; }
  .order-price span { display: inline-block; font-size: 1rem; line-height: 1.4; font-weight: 500; letter-spacing: 0; color: var(--panel-soft); }
  .order-trial { margin: 0; color: var(--panel-link); font-weight: 500; }
  .order-lines { margin-top: 0.75rem; border-top: 1px solid #ffffff26; }
  .order-lines li { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: 0.875rem 0;
    border-bottom: 1px solid #ffffff26; }
  .order-name { font-weight: 550; overflow-wrap: anywhere; }
  .order-count { margin-left: 0.375rem; color: var(--panel-soft); font-weight: 400; }
  .order-amount { font-variant-numeric: tabular-nums; }
  .order-note { color: var(--panel-soft); font-size: 0.9375rem; }
  .order-row { display: grid; grid-template-columns: 1fr auto; align-items: baseline;
    gap: 0 1rem; margin: 0; font-variant-numeric: tabular-nums; }
  .order-row form { display: inline; }
  .order-code { padding: 0.125rem 0.5rem; border-radius: 0.375rem; background: #ffffff1f;
    overflow-wrap: anywhere; }
  .order-link { min-height: 2.75rem; padding: 0 0.5rem; border: 0; background: none;
    color: var(--panel-link); font-weight: 500; cursor: pointer; text-decoration: underline;
    text-underline-offset: 0.2em; }
  .order-link:hover { color: #ffffff; }
  .promotion { --alert: #ffb4ab; }
  .promotion summary { display: inline-flex; align-items: center; padding: 0; list-style: none; }
  .promotion summary::-webkit-details-marker { display: none; }
  .promotion form { display: grid; grid-template-columns: 1fr auto; gap: 0.75rem; align-items: start; }
  .promotion .field { min-width: 0; }
  .promotion label { color: var(--panel-soft); }
  .promotion input { background: #ffffff; color: #16202e; }
  .promotion button { margin-top: 1.8125rem; color: var(--panel-ink); border-color: #ffffff66; background: none; }
  .order-row + .order-total, .promotion + .order-total { padding-top: 0.75rem;
    border-top: 1px solid #ffffff26; }
  .order-total { display: flex; justify-content: space-between; gap: 1rem; margin: 0; font-weight: 650;
    font-variant-numeric: tabular-nums; }

  .pay, .pay fieldset { gap: 1rem; }
  .pay fieldset + fieldset { margin-top: 0.75rem; }
  .pay legend { margin-bottom: 0.75rem; font-size: 1.125rem; }
  .choices { display: grid; border: 1px solid var(--line-strong); border-radius: 0.5rem;
    background: var(--surface); overflow: hidden; }
  .choice { display: flex; align-items: center; gap: 0.75rem; min-height: 2.75rem; padding: 0.375rem 0.875rem;
    cursor: pointer; }
  .choice + .choice { border-top: 1px solid var(--line); }
  .choice:has(:checked) { background: var(--accent-soft); font-weight: 550; }
  .choice input, .check input { flex: none; width: 1.125rem; height: 1.125rem; margin: 0;
    accent-color: var(--accent); }
  .pay:has([value="bank"]:checked) .by-card { display: none; }
  .pay:has([value="card"]:checked) .by-bank { display: none; }
  .pay:has([value^="pm_"]:checked) :is(.by-bank, .by-card, .by-new) { display: none; }
  .tax-location { display: grid; grid-template-columns: 1fr auto; gap: 0.75rem; align-items: end; }
  .check { display: flex; align-items: center; gap: 0.75rem; min-height: 2.75rem; cursor: pointer; }
  .business:has([name="business"]:not(:checked)) .business-fields { display: none; }
  .pay-button { width: 100%; min-height: 3.125rem; justify-content: center; font-size: 1.0625rem; }
  .small { font-size: 0.875rem; margin: 0; }
  .numbers { display: grid; gap: 0.625rem; max-width: 30rem; padding: 1.25rem; border-radius: 0.625rem;
    border: 1px dashed var(--line-strong); font-size: 0.9375rem; }
  .numbers h2:not(:first-child) { margin-top: 0.75rem; }
  .numbers p, .numbers dl { margin: 0; }
  .numbers dl > div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem;
    padding: 0.3125rem 0; border-top: 1px solid var(--line); }
  .numbers dt { font-family: var(--font-code); font-size: 0.875rem; white-space: nowrap; user-select: all; }
  .numbers dd { margin: 0; color: var(--ink-soft); }

  .bank { display: grid; gap: 1.5rem; max-width: 34rem; padding: 1.75rem 1.5rem; border-radius: 0.75rem;
    border: 1px solid var(--line); background: var(--surface); }
  .bank-name { margin: 0; color: var(--ink-soft); font-weight: 550; }
  .bank .buttons { gap: 0.75rem; padding: 0; }
  .bank p { margin: 0; }

  @media (min-width: 56.25rem) {
    .checkout .brand-inner { gap: 1.75rem; }
    .order-price { font-size: 3rem; }
  }
}
`;
