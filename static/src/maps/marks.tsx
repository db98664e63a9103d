/** Marks that differ by shape first and colour second: triangle = grave, diamond = ordinary, square = check point. */
export function HazardMark({ x, y, severity }: { x: number; y: number; severity: 'general' | 'major' }) {
  const at = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  return severity === 'major'
    ? <g transform={at}><path class="mark-major" d="M0-13L13 10H-13z" /><path class="mark-tick" d="M0-5V3M0 6V7" /></g>
    : <path class="mark-general" transform={at} d="M0-10L10 0 0 10-10 0z" />;
}

export function CheckMark({ x, y, done }: { x: number; y: number; done: boolean }) {
  const at = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  return done
    ? <g transform={at}><rect class="mark-done" x="-10" y="-10" width="20" height="20" rx="4" /><path class="mark-tick" d="M-5 0L-1 4 6-4" /></g>
    : <rect class="mark-open" transform={at} x="-7" y="-7" width="14" height="14" rx="3" />;
}
