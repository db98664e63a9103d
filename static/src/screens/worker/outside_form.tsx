/** 有人让我做清单外的事: who, what, a picture if there is one; the tap on a ground of Art. 12 saves it. */
import { useState } from 'preact/hooks';
import { useDraft } from '../../records/draft';
import { DropDraft } from '../../records/form_frame';
import * as orders from '../../records/outside_orders';
import type { OrderDraft } from '../../records/outside_orders';
import { PhotosField } from '../../records/photos_field';
import { SafetyLine } from '../../records/safety_line';
import { tellHeld, tellSaved } from '../../records/save';
import { useStore } from '../../records/store_context';
import { GROUNDS, type Ground } from '../../records/tasks';
import { mode, tabsOf } from '../../shell/session';
import { o } from '../../text/outside';
import { k } from '../../text/tasks';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { go, replaceWith } from '../../ui/route';
import { toast } from '../../ui/toast';

export default function OutsideForm({ id }: { id: string }) {
  const store = useStore();
  const draft = useDraft<OrderDraft>(id, 'outside_order', async () => orders.freshOrder(), orders.isWorthKeeping);
  const [asked, setAsked] = useState(false);
  if (!draft) return null;
  const { body, change } = draft;
  const faults = asked ? orders.faults(body) : {};
  const said = (name: 'giver' | 'words') => faults[name] && (faults[name] === 'missing' ? o(`missing.${name}`) : o('too_long', { n: orders.MOST[name] }));
  const tell = async (ground: Ground) => {
    setAsked(true);
    const final = draft.newest();
    if (Object.keys(orders.faults(final)).length) { toast(o('missing')); return; }
    await draft.close();
    const result = await orders.tellOrder(store, id, final, ground, Date.now());
    if (!result.saved) { tellSaved(result); draft.reopen(); return; }
    tellHeld(store, result.mutation_id, o('saved'), () => { void store.keepDraft({ id, form: 'outside_order', body: { ...final } }).then(() => go(`/log/outside_order/${id}`)); });
    replaceWith(tabsOf(mode.value).includes('tasks') ? '#/tasks' : '#/me'); // where what was told is listed
  };
  return (
    <div class="stack" data-testid="outside-form">
      <p>{o('what')}</p>
      <div class="card">
        <TextField label={o('giver')} value={body.giver} onText={(giver) => change({ giver })} hint={<span class="quiet">{o('giver_hint')}</span>} error={said('giver')} testid="outside-giver" />
        <TextField long label={o('words')} value={body.words} onText={(words) => change({ words })} hint={<SafetyLine />} error={said('words')} testid="outside-words" />
      </div>
      <div class="card">
        {faults.photos && <p class="never" role="alert">{o('photos_most', { n: orders.MOST.photos })}</p>}
        <PhotosField policy="optional" label={o('picture')} photos={body.photos} onPhotos={(edit) => change({ photos: edit(draft.newest().photos) })} testid="outside-photo" />
      </div>
      <section class="card" aria-label={o('which')}>
        <h2>{o('which')}</h2>
        {GROUNDS.map((ground) => <Button key={ground} wide data-testid={`outside-ground-${ground}`} onTap={() => tell(ground)}>{k(`ground.${ground}`)}</Button>)}
      </section>
      {orders.isWorthKeeping(body) && <DropDraft id={id} draft={draft} isCorrection={false} />}
    </div>
  );
}
