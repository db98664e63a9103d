/** What the shapes and lines of the map mean. */
import type { ComponentChildren } from 'preact';
import { MarkShape } from '../maps/marks';
import { say } from '../text/maps';

export function Legend() {
  return (
    <ul class="stack-s">
      <li class="line"><Sample><MarkShape kind="done" x={14} y={14} /></Sample>{say('map.point_done')}</li>
      <li class="line"><Sample><MarkShape kind="open" x={14} y={14} /></Sample>{say('map.point_open')}</li>
      <li class="line"><Sample><MarkShape kind="general" x={14} y={14} /></Sample>{say('map.hazard_general')}</li>
      <li class="line"><Sample><MarkShape kind="major" x={14} y={14} /></Sample>{say('map.hazard_major')}</li>
      <li class="line"><Sample><path class="ground-line" d="M1 14H27" /></Sample>{say('map.border_grid')}</li>
      <li class="line"><Sample><path class="border-line" d="M1 14H27" /></Sample>{say('map.border_micro')}</li>
    </ul>
  );
}

const Sample = ({ children }: { children: ComponentChildren }) => <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">{children}</svg>;
