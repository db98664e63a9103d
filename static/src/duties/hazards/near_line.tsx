/** 附近已有人报过: shown inside the form before it is sent; one tap says that it is the same, and the report still counts. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { HazardBody, Matter, RecordRow } from '../../records/shapes';
import { useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import type { Id, Row } from '../../store/api';
import { n } from '../../text/near';
import { sayMoment } from '../../text/days';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { nearby, radiusOf, spotsOf, type Spot } from './near';
import type { HazardDraft } from './rules';

export function NearLine({ id, matter, draft, onSame }: { id: Id; matter: Matter; draft: HazardDraft; onSame: (same_as: Id | undefined) => void }) {
  const store = useStore();
  const [known, setKnown] = useState<{ spots: Spot[]; policies: Row[] }>();
  useEffect(() => {
    let alive = true;
    void Promise.all([store.list('record', { state: 'open' }), store.list('policy'), store.list('case')])
      .then(([open, policies, cases]) => { if (alive) setKnown({ spots: spotsOf(open as unknown as RecordRow[], cases), policies }); })
      .catch(() => {}); // a hint that cannot be given is no trouble
    return () => { alive = false; };
  }, [store]);
  const found = useMemo(
    () => (known && matter.data_class !== 'S' ? nearby(known.spots, { ...draft, id, matter_code: matter.code }, radiusOf(known.policies, matter.code)) : []),
    [known, id, matter, draft.grid_id, draft.place, draft.place_id],
  );
  const same = draft.same_as && known?.spots.find((spot) => spot.record.id === draft.same_as)?.record;
  if (draft.same_as) {
    return (
      <section class="card stack-s" aria-label={n('title')} data-testid="near-same">
        <p class="line"><Icon name="check" /><span class="grow">{n('same')}{same && <span class="quiet" style="display:block"><Told record={same} /></span>}</span></p>
        <Button icon="undo" data-testid="near-undo" onTap={() => onSame(undefined)}>{n('undo')}</Button>
      </section>
    );
  }
  if (!found.length) return null;
  return (
    <section class="card stack-s" aria-label={n('title')} role="status" data-testid="near">
      <h2>{n('title')}</h2>
      {found.map(({ record, metres }) => (
        <div class="stack-s" key={record.id} data-testid="near-row" data-id={record.id}>
          <p>{metres === undefined ? n('same_place') : n('metres', { m: metres })}<span class="quiet" style="display:block"><Told record={record} /></span></p>
          <Button icon="check" data-testid="near-join" onTap={() => onSame(record.id)}>{n('join')}</Button>
        </div>
      ))}
      <p class="quiet">{n('hint')}</p>
    </section>
  );
}

function Told({ record }: { record: RecordRow }) {
  const body = record.body as unknown as HazardBody;
  const words = body.place_words || body.note;
  return <>{sayMoment(record.acted_at)} · <Zh>{record.author_name}</Zh>{words && <> · <Zh>{words.length > 40 ? `${words.slice(0, 40)}…` : words}</Zh></>}</>;
}
