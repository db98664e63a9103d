/** What the matter proposes, in one line; 改 opens the same as chips. */
import { useState } from 'preact/hooks';
import { DayChoice } from '../../records/day_choice';
import { adviceWord } from '../../records/words';
import type { HazardBody, Matter } from '../../records/shapes';
import { sayDay } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { AnyOf, OneOf } from '../../ui/chips';
import type { HazardDraft } from './rules';

export function PresetLine({ matter, draft, change }: { matter: Matter; draft: HazardDraft; change: (part: Partial<HazardDraft>) => void }) {
  const [open, setOpen] = useState(false);
  const parts = [
    t(`severity.${draft.severity}`), ...draft.advice.map((code) => adviceWord(matter, code)),
    ...(!draft.fixed_on_spot && draft.advised_fix_by ? [t('hazard.fix_by', { day: sayDay(draft.advised_fix_by) })] : []),
    ...(!draft.fixed_on_spot && draft.relook_on ? [t('hazard.relook_on', { day: sayDay(draft.relook_on) })] : []),
  ];
  return (
    <section class="card" aria-label={t('hazard.proposal')}>
      <div class="line"><span class="grow" style="word-break:keep-all" data-testid="preset-line">{parts.join(' · ')}</span><Button icon="edit" aria-expanded={open} data-testid="preset-edit" onTap={() => setOpen(!open)}>{open ? t('act.done') : t('act.change')}</Button></div>
      {draft.severity === 'major' && <p class="never">{t('hazard.major_warning')}</p>}
      {open && (
        <>
          <OneOf<HazardBody['severity']> label={t('hazard.severity')} showLabel layout="halves" value={draft.severity} onPick={(severity) => severity && change({ severity })}
            choices={(['general', 'major'] as const).map((value) => ({ value, label: t(`severity.${value}`), testid: `severity-${value}` }))} />
          {!!matter.advice?.length && (
            <AnyOf label={t('hazard.advice')} showLabel values={draft.advice} onPick={(advice) => change({ advice })} choices={matter.advice.map((one) => ({ value: one.code, label: adviceWord(matter, one.code) }))} />
          )}
          {!draft.fixed_on_spot && <DayChoice label={t('hazard.fix_by_label')} value={draft.advised_fix_by} onPick={(advised_fix_by) => change({ advised_fix_by })} />}
          {!draft.fixed_on_spot && <DayChoice label={t('hazard.relook_label')} value={draft.relook_on} onPick={(relook_on) => change({ relook_on })} />}
        </>
      )}
    </section>
  );
}
