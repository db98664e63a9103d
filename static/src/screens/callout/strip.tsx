/**
 * The alarm strip, on every screen while a call-out is open in the person's area; a tap opens it over whatever is there, and
 * so does a message that somebody needs help: `?callout` in the address, with the message's id.
 */
import { useEffect, useState } from 'preact/hooks';
import { answersTo, callForHelp, openCallouts, sawHelp, standing } from '../../records/callouts';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { c } from '../../text/callouts';
import { Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { replaceWith, route } from '../../ui/route';
import CalloutSheet from './callout_sheet';

export function CalloutStrip() {
  const store = useStore();
  const [open, setOpen] = useState<string>();
  const known = useLive(async (s) => ({ help: (await callForHelp(s))?.id, open: await Promise.all((await openCallouts(s)).map(async (callout) => (
    { callout, mine: standing((await answersTo(s, callout.id)).filter((one) => one.person_id === s.session.person.id)) }))) }), ['callout', 'callout_answer', 'status']);
  const { parts, query } = route.value;
  const rung = query.get('callout'), help = known?.help;
  useEffect(() => { if (rung && help) void sawHelp(store, rung); }, [store, rung, help]);
  const shown = known?.open.find(({ callout }) => callout.id === open) ?? (query.has('callout') ? (known?.open.find(({ callout }) => callout.id === help) ?? known?.open[0]) : undefined);
  const close = () => { setOpen(undefined); if (query.has('callout')) replaceWith(`#/${parts.join('/')}`); };
  return (
    <>
      {(known?.open ?? []).map(({ callout, mine }) => (
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
