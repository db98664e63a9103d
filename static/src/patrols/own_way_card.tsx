/** The switch for the own way, and the way as a drawing; without the policy nothing but what is always said of fixes. */
import { useEffect } from 'preact/hooks';
import { Outline } from '../maps/outline';
import { frameAround, type Ring } from '../maps/projection';
import * as lists from '../records/lists';
import { useLive, useStore } from '../records/store_context';
import type { Id } from '../store/api';
import { dayOf, today } from '../text/days';
import { w } from '../text/own_way';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { Switch } from '../ui/field';
import { drawWay, dropWay, ownWay, switchWay, type Stretch } from './own_way';

export function OwnWay({ grid_id }: { grid_id: Id }) {
  const store = useStore();
  const known = useLive(async (s) => ({ own: await ownWay(s), ground: (await lists.grids(s)).find((grid) => grid.id === grid_id)?.outline }), ['setting', 'session', 'grid'], [grid_id]);
  const own = known?.own, on = !!own?.on;
  useEffect(() => (on ? drawWay(store) : undefined), [store, on]);
  const privacy = !on && <p class="quiet">{t('patrol.privacy')}</p>;
  if (!own) return privacy;
  const any = own.way.length > 0;
  return (
    <section class="card" aria-label={w('title')}>
      <div style="margin:-16px -16px 0" data-testid="own-way"><Switch label={w('switch')} hint={w('hint')} on={on} onFlip={(wanted) => void switchWay(store, wanted)} /></div>
      {any && <Drawn way={own.way} ground={known.ground} />}
      {(on || any) && <p class="quiet" role="status">{w(any ? 'lines' : 'none')}</p>}
      {any && <Button wide icon="trash" data-testid="own-way-drop" onTap={() => dropWay(store)}>{w('drop')}</Button>}
      {privacy}
    </section>
  );
}

function Drawn({ way, ground }: { way: Stretch[]; ground: Ring[] | undefined }) {
  const frame = frameAround(ground ?? way.map(({ points }) => points));
  return frame ? (
    <Outline still frame={frame} grounds={ground ? [ground] : []} label={w('title')}>
      {way.map(({ from, points }) => (
        <path d={`M${points.map(([lng, lat]) => `${frame.x(lng).toFixed(1)} ${frame.y(lat).toFixed(1)}`).join('L')}`} fill="none" stroke="currentColor" stroke-width={dayOf(from) === today() ? 4 : 1} />
      ))}
    </Outline>
  ) : null;
}
