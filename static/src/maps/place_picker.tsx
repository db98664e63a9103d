/**
 * Shows a place on the outline and lets it be corrected: a tap puts it, the pin can be dragged, arrow keys nudge it.
 * Only the pin takes hold of a finger: a thumb that scrolls the form over the map moves nothing.
 */
import { useRef } from 'preact/hooks';
import { Outline, Pin } from './outline';
import { frameAround, type LngLat, type Ring } from './projection';

const STEP_M = 10;
const GRIP = 30;

interface PickerProps {
  grounds: Ring[][];
  borders?: Ring[][];
  at: LngLat | undefined;
  accuracy_m?: number | undefined;
  label: string;
  onMove: (at: LngLat) => void;
}

export function PlacePicker(p: PickerProps) {
  const box = useRef<HTMLDivElement>(null);
  const frame = frameAround(p.grounds.flat());
  if (!frame) return null;
  const placeAt = (event: MouseEvent) => {
    const drawn = box.current?.querySelector('svg')?.getBoundingClientRect();
    if (!drawn?.width) return;
    p.onMove(frame.back(((event.clientX - drawn.left) / drawn.width) * frame.width, ((event.clientY - drawn.top) / drawn.height) * frame.height));
  };
  const nudge = (event: KeyboardEvent) => {
    const move = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[event.key];
    if (!move) return;
    event.preventDefault();
    const middle = p.at ?? frame.back(frame.width / 2, frame.height / 2), step = STEP_M * frame.scale;
    p.onMove(frame.back(frame.x(middle.lng) + move[0] * step, frame.y(middle.lat) + move[1] * step));
  };
  return (
    <div ref={box} tabIndex={0} role="application" aria-label={p.label} data-testid="place-map" onKeyDown={nudge} onClick={placeAt}>
      <Outline frame={frame} grounds={p.grounds} {...(p.borders ? { borders: p.borders } : {})} label={p.label}>
        {p.at && p.accuracy_m !== undefined && <circle class="around" cx={frame.x(p.at.lng)} cy={frame.y(p.at.lat)} r={Math.min(Math.max(p.accuracy_m * frame.scale, 4), 160)} />}
        {p.at && <Pin x={frame.x(p.at.lng)} y={frame.y(p.at.lat)} />}
        {p.at && (
          <circle class="grip" cx={frame.x(p.at.lng)} cy={frame.y(p.at.lat) - GRIP / 2} r={GRIP}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) placeAt(event); }} />
        )}
      </Outline>
    </div>
  );
}
