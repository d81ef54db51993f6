/** Nested arches, a purely decorative drawing. */
export function Decoration() {
  return (
    <svg class="decoration" viewBox="0 0 240 300" aria-hidden="true">
      <path d="M10 300V120a110 110 0 0 1 220 0v180" />
      <path d="M34 300V120a86 86 0 0 1 172 0v180" />
      <path d="M58 300V120a62 62 0 0 1 124 0v180" />
      <path d="M82 300V120a38 38 0 0 1 76 0v180" />
      <path d="M0 299h240" />
    </svg>
  );
}
