/**
 * A map over tiles in a screen. Its children, the drawing without tiles, stand there until it has come, and stay when it
 * cannot come: the first opening without a network.
 */
import { render, type ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Said } from '../records/words';
import type { MapSource } from '../store/api';
import { say } from '../text/maps';
import { MarkShape } from './marks';
import { Pin } from './outline';
import type { LngLat } from './projection';
import type { Mark, Scene } from './scene';
import type { TileMap } from './tiles';

interface TileViewProps {
  source: MapSource;
  scene: Scene;
  label: string;
  onPick?: ((at: LngLat) => void) | undefined;
  children: ComponentChildren;
}

export function TileView(p: TileViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<TileMap>();
  const [state, setState] = useState<'coming' | 'there' | 'missing'>('coming');
  const [hasPicture, setHasPicture] = useState(true);
  const newest = useRef(p);
  newest.current = p;
  const address = p.source.tiles.join(' ');
  useEffect(() => {
    let isGone = false;
    import('./tiles').then(({ openTiles }) => {
      if (isGone || !box.current) return;
      box.current.hidden = false; // it is measured when it opens
      map.current = openTiles(box.current, {
        source: p.source, words: { closer: say('map.closer'), farther: say('map.farther') }, draw: drawMark,
        onPick: p.onPick && ((at) => newest.current.onPick?.(at)), onPicture: setHasPicture,
      });
      map.current.show(newest.current.scene);
      setState('there');
    }, () => { if (!isGone) setState('missing'); });
    return () => { isGone = true; map.current?.end(); map.current = undefined; };
  }, [address]);
  useEffect(() => map.current?.show(p.scene), [JSON.stringify(p.scene)]);
  return (
    <div class="stack-s" data-testid="tiles" data-state={state} data-picture={hasPicture}>
      <div ref={box} class={`tiles ${p.onPick ? 'pick' : ''}`} hidden={state !== 'there'} {...(p.onPick ? {} : { role: 'application', 'aria-label': p.label })} />
      {state !== 'there' && p.children}
      {(state === 'missing' || !hasPicture) && <p class="quiet" role="status">{say('map.no_picture')}</p>}
      {state === 'there' && <p class="quiet"><Said>{say('map.credit', { name: p.source.attribution || say('map.tianditu') })}</Said></p>}
    </div>
  );
}

/** The same shapes as on the drawing. */
function drawMark(mark: Mark | undefined): HTMLElement {
  const holder = document.createElement('div');
  render(
    <svg viewBox={mark ? '0 0 48 48' : '0 0 60 60'} aria-hidden="true">{mark ? <MarkShape kind={mark.kind} x={24} y={24} /> : <Pin x={30} y={45} />}</svg>,
    holder,
  );
  return holder.firstElementChild as unknown as HTMLElement;
}
