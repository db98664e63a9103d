/** The leader's own grids in a call-out, as last pulled: whom to help, whom to ask next. No times, no order by speed. */
import { answersTo, boardOf, type Callout, type Position } from '../../records/callouts';
import * as lists from '../../records/lists';
import { gridsLed } from '../../records/roles';
import type { Staff } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { c } from '../../text/callouts';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Icon } from '../../ui/icons';

export function OwnGrids({ callout }: { callout: Callout }) {
  const store = useStore(), { session } = store;
  const known = useLive(async (s) => {
    const [staff, answers, places] = await Promise.all([lists.staff(s), answersTo(s, callout.id), s.list('callout_position')]);
    return { board: boardOf(staff, answers, gridsLed(session), session.person.id), places: (places as unknown as Position[]).filter((one) => one.callout_id === callout.id).sort((a, b) => b.at - a.at) };
  }, ['staff', 'callout_answer', 'callout_position']);
  if (!known) return null;
  const { board, places } = known;
  const contact = store.status().last_contact;
  const line = (person: Staff) => {
    const place = places.find((one) => one.person_id === person.person_id);
    return (
      <li class="row" key={person.person_id} data-testid="callout-person" data-id={person.person_id}>
        <span class="grow"><Zh>{person.name}</Zh></span>
        {place && <a class="btn" href={`geo:${place.lat},${place.lng}`} data-testid="callout-where" aria-label={`${c('where')} ${c('at', { at: sayMoment(place.at) })}`}><Icon name="pin" /></a>}
        {person.phone && <a class="btn" href={`tel:${person.phone}`} aria-label={t('team.call', { name: person.name })}><Icon name="call" /><span>{t('team.call_short')}</span></a>}
      </li>
    );
  };
  return (
    <section class="card flat" aria-label={c('board')} data-testid="callout-board">
      <div style="padding:12px 16px" class="stack-s"><h3>{c('board')}</h3><p data-testid="callout-counts">{c('counts', { called: board.called, safe: board.safe, received: board.received })}</p>{contact !== undefined && <p class="quiet">{c('as_of')} · {sayMoment(contact)}</p>}</div>
      <h3 style="padding:4px 16px">{c('board_help', { n: board.need_help.length })}</h3>
      {board.need_help.length ? <ul class="rows" data-testid="callout-help-list">{board.need_help.map(line)}</ul> : <p class="row quiet">{c('none_help')}</p>}
      <h3 style="padding:4px 16px">{c('board_waiting', { n: board.waiting.length })}</h3>
      {board.waiting.length ? <><p class="row quiet">{c('board_hint')}</p><ul class="rows" data-testid="callout-waiting-list">{board.waiting.map(line)}</ul></> : <p class="row quiet">{c('none_waiting')}</p>}
    </section>
  );
}
