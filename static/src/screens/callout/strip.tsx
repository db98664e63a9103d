/**
 * The alarm strip, on every screen while a call-out is open in the person's area; a tap opens it over whatever is there, and
 * so does a message that somebody needs help: `?callout` in the address.
 */
import { useState } from 'preact/hooks';
import { answersTo, openCallouts, standing } from '../../records/callouts';
import { useLive } from '../../records/store_context';
import { Zh } from '../../records/words';
import { c } from '../../text/callouts';
import { Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { replaceWith, route } from '../../ui/route';
import CalloutSheet from './callout_sheet';

export function CalloutStrip() {
  const [open, setOpen] = useState<string>();
  const known = useLive(async (s) => Promise.all((await openCallouts(s)).map(async (callout) => {
    const told = await answersTo(s, callout.id), me = s.session.person.id;
    return { callout, mine: standing(told.filter((one) => one.person_id === me)), asksHelp: told.some((one) => one.kind === 'need_help' && one.person_id !== me) };
  })), ['callout', 'callout_answer', 'status']);
  const { parts, query } = route.value;
  const shown = known?.find(({ callout }) => callout.id === open) ?? (query.has('callout') ? (known?.find(({ asksHelp }) => asksHelp) ?? known?.[0]) : undefined);
  const close = () => { setOpen(undefined); if (query.has('callout')) replaceWith(`#/${parts.join('/')}`); };
  return (
    <>
      {(known ?? []).map(({ callout, mine }) => (
        <Tappable class="band running callout-strip" style="min-height:var(--primary);padding:8px 12px;justify-content:flex-start;text-align:start;font-size:var(--text)" key={callout.id} data-testid="callout-strip" data-answer={mine?.kind ?? 'none'} onTap={() => setOpen(callout.id)}>
          <Icon name="emergencies" size={28} />
          <span class="grow">{c('title')} · {mine ? c('your_answer', { what: c(mine.kind) }) : c('answer_now')}<small><Zh>{callout.reason}</Zh></small></span>
          <Icon name="go" size={20} />
        </Tappable>
      ))}
      {shown && <CalloutSheet callout={shown.callout} mine={shown.mine} onClose={close} />}
    </>
  );
}
