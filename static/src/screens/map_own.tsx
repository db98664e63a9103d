/** Where this phone is: asked for by a tap, shown on this page while it is open. Nothing is kept, nothing is sent. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { oneFix } from '../device/location';
import { isInside, type Ring } from '../maps/projection';
import { say } from '../text/maps';
import { Button } from '../ui/button';

export interface OwnFix { lng: number; lat: number; accuracy_m: number }

export function OwnDot({ own, onFix, grounds }: { own: OwnFix | undefined; onFix: (fix: OwnFix | undefined) => void; grounds: Ring[][] }) {
  const [state, setState] = useState<'idle' | 'looking' | 'none'>('idle');
  const isHere = useRef(true);
  useEffect(() => () => { isHere.current = false; }, []);
  const look = async () => {
    setState('looking');
    const fix = await oneFix();
    if (!isHere.current) return;
    setState(fix ? 'idle' : 'none');
    if (fix) onFix({ lng: fix.lng, lat: fix.lat, accuracy_m: fix.accuracy_m });
  };
  const where = own && say(grounds.some((rings) => isInside(own, rings)) ? 'map.own_at' : 'map.own_outside', { m: own.accuracy_m });
  return (
    <div class="stack-s">
      {own
        ? <Button icon="pin" data-testid="map-own-hide" onTap={() => onFix(undefined)}>{say('map.own_hide')}</Button>
        : <Button icon="pin" data-testid="map-own" disabled={state === 'looking'} onTap={() => void look()}>{say(state === 'looking' ? 'map.own_looking' : 'map.own_show')}</Button>}
      <p class="quiet" role="status" data-testid="map-own-words">{[where ?? (state === 'none' ? say('map.own_none') : ''), say('map.own_never')].filter(Boolean).join(' ')}</p>
    </div>
  );
}
