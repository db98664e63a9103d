/** A kept photo, large: tap a face or a number plate (or aim with the arrow keys) to blur it for good before the record is saved. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { Sheet } from '../ui/sheet';
import { useStore } from './store_context';

const SPOT = 1 / 9; // of the shorter side: about a face at arm's length
const STEP = 0.03; // of the side, for each arrow key
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function BlurSheet(p: { sha256: string; onClose: () => void; onRemove: () => void; onKeep: (bytes: Uint8Array) => void }) {
  const store = useStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [spots, setSpots] = useState(0);
  const [aim, setAim] = useState({ x: 0.5, y: 0.5 }); // shares of width and height
  const plain = useRef<ImageBitmap>();

  const redraw = async () => {
    const kept = await store.photo(p.sha256);
    if (!kept || !canvas.current) return;
    plain.current = await createImageBitmap(new Blob([kept.bytes as Uint8Array<ArrayBuffer>], { type: kept.type }));
    canvas.current.width = plain.current.width;
    canvas.current.height = plain.current.height;
    canvas.current.getContext('2d')?.drawImage(plain.current, 0, 0);
    setSpots(0);
  };
  useEffect(() => { void redraw().catch(() => undefined); return () => plain.current?.close(); }, [store, p.sha256]);

  const blurAt = (x: number, y: number) => {
    const at = canvas.current;
    if (!at || !plain.current) return;
    blot(at, x * at.width, y * at.height);
    setSpots((n) => n + 1);
  };
  const tapped = (event: PointerEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    if (box) blurAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const keyed = (event: KeyboardEvent) => {
    const move = ARROWS[event.key];
    if (!move && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (move) setAim(({ x, y }) => ({ x: within(x + move[0] * STEP), y: within(y + move[1] * STEP) }));
    else blurAt(aim.x, aim.y);
  };
  const keep = () => canvas.current?.toBlob(async (blob) => { if (blob) p.onKeep(new Uint8Array(await blob.arrayBuffer())); }, 'image/jpeg', 0.8);
  const leave = () => { if (spots) keep(); else p.onClose(); }; // a face once blotted is never sent, however the sheet was left

  return (
    <Sheet title={t('photo.title')} closeWord={t('act.close')} onClose={leave}>
      <p class="quiet">{t('photo.blur_hint')}</p>
      <div class="blur-frame">
        <canvas ref={canvas} class="blur-canvas" role="application" tabIndex={0} aria-label={t('photo.blur_hint')} onPointerDown={tapped} onKeyDown={keyed} />
        <i class="blur-aim" style={`left:${aim.x * 100}%;top:${aim.y * 100}%`} />
      </div>
      {spots > 0 && <Button kind="primary" wide onTap={keep}>{t('photo.blur_keep', { n: spots })}</Button>}
      {spots > 0 && <Button wide icon="undo" onTap={() => void redraw()}>{t('photo.blur_undo')}</Button>}
      <Button kind="stop" wide icon="trash" data-testid="photo-remove" onTap={p.onRemove}>{t('photo.remove')}</Button>
    </Sheet>
  );
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** Replaces a spot by seven coarse blocks a side: nothing of the face is left in the bytes. */
function blot(canvas: HTMLCanvasElement, x: number, y: number): void {
  const brush = canvas.getContext('2d');
  if (!brush) return;
  const side = Math.min(canvas.width, canvas.height) * SPOT * 2, left = x - side / 2, top = y - side / 2, block = side / 7;
  for (let row = 0; row < 7; row++) for (let column = 0; column < 7; column++) {
    const from = brush.getImageData(Math.max(0, Math.min(canvas.width - 1, left + (column + 0.5) * block)), Math.max(0, Math.min(canvas.height - 1, top + (row + 0.5) * block)), 1, 1).data;
    brush.fillStyle = `rgb(${from[0]} ${from[1]} ${from[2]})`;
    brush.fillRect(left + column * block, top + row * block, block + 1, block + 1);
  }
}
