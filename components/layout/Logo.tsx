/** The wordmark's sign: three columns under a gable. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 9 12 2.5 22 9v2H2z" />
      <path d="M4 12.5h3V20H4zm6.5 0h3V20h-3zm6.5 0h3V20h-3zM2 21h20v1.5H2z" />
    </svg>
  );
}

/** A drawn portal of nested arches, for pages with little to say. */
export function Arches() {
  return (
    <svg class="arches" viewBox="0 0 240 300" aria-hidden="true">
      <path d="M10 300V120a110 110 0 0 1 220 0v180" />
      <path d="M34 300V120a86 86 0 0 1 172 0v180" />
      <path d="M58 300V120a62 62 0 0 1 124 0v180" />
      <path d="M82 300V120a38 38 0 0 1 76 0v180" />
      <path d="M0 299h240" />
    </svg>
  );
}
