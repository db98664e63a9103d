/** The grid's outline as a drawing, with whatever lies in it. No tiles, no server, works in a cellar. */
import type { ComponentChildren } from 'preact';
import type { Frame, Ring } from './projection';

export function ringPath(ring: Ring, frame: Frame): string {
  return ring.map(([lng, lat], i) => `${i ? 'L' : 'M'}${frame.x(lng).toFixed(1)} ${frame.y(lat).toFixed(1)}`).join('') + 'Z';
}

export function Outline(p: { frame: Frame; grounds: Ring[][]; borders?: Ring[][]; label: string; children?: ComponentChildren; still?: boolean }) {
  return (
    <svg class={`map ${p.still ? 'still' : ''}`} viewBox={`0 0 ${p.frame.width} ${p.frame.height.toFixed(0)}`} role="img" aria-label={p.label}>
      {p.grounds.map((rings) => <path class="ground" fill-rule="evenodd" d={rings.map((ring) => ringPath(ring, p.frame)).join('')} />)}
      {p.borders?.map((rings) => <path class="border" d={rings.map((ring) => ringPath(ring, p.frame)).join('')} />)}
      {p.children}
    </svg>
  );
}

/** A drop whose point stands on the place. */
export function Pin({ x, y }: { x: number; y: number }) {
  return <path class="pin-shape" transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`} d="M0 0C-9-11-12-16-12-22a12 12 0 1 1 24 0c0 6-3 11-12 22zM0-17a5 5 0 1 0 0-10 5 5 0 0 0 0 10z" fill-rule="evenodd" />;
}
