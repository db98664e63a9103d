/**
 * Shows a place on the grid's outline, over tiles where there is a source, and lets it be corrected: a tap puts it, the pin
 * can be dragged, arrow keys nudge it. Only the pin takes hold of a finger: a thumb that scrolls the form over the map
 * moves nothing.
 */
import { useRef } from 'preact/hooks';
import type { MapSource } from '../store/api';
import { Drawing } from './drawing';
import { Pin } from './outline';
import { frameAround, moved, type Frame, type LngLat, type Ring } from './projection';
import type { Scene } from './scene';
import { TileView } from './tile_view';

const STEP_M = 10;
const GRIP = 30;
const MOVES: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

interface PickerProps {
  source: MapSource | null | undefined;
  grounds: Ring[][];
  at: LngLat | undefined;
  accuracy_m?: number | undefined;
  label: string;
  onMove: (at: LngLat) => void;
}

export function PlacePicker(p: PickerProps) {
  const frame = frameAround(p.grounds.flat());
  if (!frame) return null;
  const nudge = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    p.onMove(moved(p.at ?? frame.back(frame.width / 2, frame.height / 2), move[0] * STEP_M, move[1] * STEP_M));
  };
  const scene: Scene = { grounds: p.grounds, pin: p.at, ...(p.at && p.accuracy_m !== undefined ? { around: { at: p.at, accuracy_m: p.accuracy_m } } : {}) };
  const drawing = <DrawnPicker frame={frame} scene={scene} label={p.label} onMove={p.onMove} />;
  return (
    <div tabIndex={0} role="application" aria-label={p.label} data-testid="place-map" onKeyDown={nudge}>
      {p.source ? <TileView source={p.source} scene={scene} label={p.label} onPick={p.onMove}>{drawing}</TileView> : drawing}
    </div>
  );
}

function DrawnPicker({ frame, scene, label, onMove }: { frame: Frame; scene: Scene; label: string; onMove: (at: LngLat) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const placeAt = (event: MouseEvent) => {
    const drawn = box.current?.querySelector('svg')?.getBoundingClientRect();
    if (!drawn?.width) return;
    onMove(frame.back(((event.clientX - drawn.left) / drawn.width) * frame.width, ((event.clientY - drawn.top) / drawn.height) * frame.height));
  };
  const x = scene.pin && frame.x(scene.pin.lng), y = scene.pin && frame.y(scene.pin.lat);
  return (
    <div ref={box} onClick={placeAt}>
      <Drawing frame={frame} scene={scene} label={label}>
        {x !== undefined && y !== undefined && <>
          <Pin x={x} y={y} />
          <circle class="grip" cx={x} cy={y - GRIP / 2} r={GRIP}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) placeAt(event); }} />
        </>}
      </Drawing>
    </div>
  );
}
