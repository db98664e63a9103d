/** Marks that differ by shape first and colour second: triangle = grave, diamond = ordinary, square = check point. */
import type { MarkKind } from './scene';

interface Spot { x: number; y: number }
const at = ({ x, y }: Spot) => `translate(${x.toFixed(1)} ${y.toFixed(1)})`;

export function MarkShape({ kind, ...spot }: Spot & { kind: MarkKind }) {
  return kind === 'done' || kind === 'open' ? <CheckMark {...spot} done={kind === 'done'} /> : <HazardMark {...spot} severity={kind} />;
}

function HazardMark({ severity, ...spot }: Spot & { severity: 'general' | 'major' }) {
  return severity === 'major'
    ? <g transform={at(spot)}><path class="mark-major" d="M0-13L13 10H-13z" /><path class="mark-tick" d="M0-5V3M0 6V7" /></g>
    : <path class="mark-general" transform={at(spot)} d="M0-10L10 0 0 10-10 0z" />;
}

function CheckMark({ done, ...spot }: Spot & { done: boolean }) {
  return done
    ? <g transform={at(spot)}><rect class="mark-done" x="-10" y="-10" width="20" height="20" rx="4" /><path class="mark-tick" d="M-5 0L-1 4 6-4" /></g>
    : <rect class="mark-open" transform={at(spot)} x="-7" y="-7" width="14" height="14" rx="3" />;
}
