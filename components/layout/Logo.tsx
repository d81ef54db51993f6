/** The logo: three columns under a gable. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 9 12 2.5 22 9v2H2z" />
      <path d="M4 12.5h3V20H4zm6.5 0h3V20h-3zm6.5 0h3V20h-3zM2 21h20v1.5H2z" />
    </svg>
  );
}
