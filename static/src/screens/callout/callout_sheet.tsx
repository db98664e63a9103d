/** One call-out: why, since when, until when; three big answers; a position only at its own tap; the leader's own grids. */
import { useState } from 'preact/hooks';
import { oneFix } from '../../device/location';
import { tell, tellPlace, type Answer, type Callout, type Told } from '../../records/callouts';
import * as lists from '../../records/lists';
import { gridsLed, gridsOf } from '../../records/roles';
import { tellSaved } from '../../records/save';
import { useLive, useStore } from '../../records/store_context';
import { DeliveryTag } from '../../records/tags';
import { Said, Zh } from '../../records/words';
import { c } from '../../text/callouts';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Sheet } from '../../ui/sheet';
import { toast } from '../../ui/toast';
import { OwnGrids } from './own_grids';

const LOOKS: Record<Told, { kind?: 'ok' | 'stop'; icon: 'check' | 'approve' | 'emergencies' }> = { received: { icon: 'check' }, safe: { kind: 'ok', icon: 'approve' }, need_help: { kind: 'stop', icon: 'emergencies' } };

export default function CalloutSheet({ callout, mine, onClose }: { callout: Callout; mine: Answer | undefined; onClose: () => void }) {
  const store = useStore();
  const say = async (kind: Told) => { tellSaved(await tell(store, callout.id, kind), c(kind === 'need_help' ? 'helped' : 'saved')); };
  return (
    <Sheet title={c('title')} closeWord={t('act.close')} onClose={onClose} testid="callout-sheet" closeTestid="callout-close">
      <p class="strong"><Zh>{callout.reason}</Zh></p>
      <p class="quiet"><Zh>{callout.area_name}</Zh> · <Said>{c('by', { unit: callout.by_unit })}</Said><br />{c('since', { at: sayMoment(callout.opened_at) })} · {c('until', { at: sayMoment(callout.ends_at) })}</p>
      {(Object.keys(LOOKS) as Told[]).map((kind) => (
        <Button key={kind} wide class={`btn wide big-choice ${LOOKS[kind].kind ?? ''}`} icon={LOOKS[kind].icon} aria-pressed={mine?.kind === kind} data-testid={`callout-${kind}`} onTap={() => say(kind)}>{c(kind)}</Button>
      ))}
      {mine && <p class="line" role="status" data-testid="callout-mine" data-kind={mine.kind} data-delivery={mine.delivery}><span class="grow">{c('your_answer', { what: c(mine.kind) })}</span><DeliveryTag record={mine} /></p>}
      <p class="quiet">{c('hint')}</p>
      <CallLeader />
      <SendPlace callout={callout} />
      {gridsLed(store.session).length > 0 && <OwnGrids callout={callout} />}
    </Sheet>
  );
}

/** Whoever needs help may also talk to somebody. */
function CallLeader() {
  const leaders = useLive(async (s) => (await lists.staff(s)).filter((one) => gridsOf(s.session).includes(one.grid_id) && one.roles.includes('grid_leader') && one.phone && one.person_id !== s.session.person.id), ['staff']);
  return <>{(leaders ?? []).map((one) => <a class="btn wide" key={one.id} href={`tel:${one.phone}`}><Icon name="call" /><Said>{c('call_leader', { name: one.name })}</Said></a>)}</>;
}

function SendPlace({ callout }: { callout: Callout }) {
  const store = useStore();
  const [looking, setLooking] = useState(false);
  const send = async () => {
    setLooking(true);
    const fix = await oneFix();
    setLooking(false);
    if (!fix) { toast(c('place_none'), { ms: 8000 }); return; }
    const { lng, lat, accuracy_m } = fix;
    const sent = await tellPlace(store, callout.id, { lng, lat, accuracy_m: Math.min(accuracy_m, 100_000) });
    if (sent) tellSaved(sent, c('place_sent'));
    else toast(c('place_over'), { ms: 8000 });
  };
  return <><Button wide icon="pin" disabled={looking} data-testid="callout-place" onTap={send}>{c('place')}</Button><p class="quiet">{c('place_hint')}</p></>;
}
