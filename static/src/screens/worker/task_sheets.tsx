/** Sheets of a task: hand it back, refuse it, another day. */
import { useState } from 'preact/hooks';
import { SafetyLine } from '../../records/safety_line';
import { tellHeld, tellSaved } from '../../records/save';
import { useStore } from '../../records/store_context';
import { tooLong } from '../../records/task_row';
import * as tasks from '../../records/tasks';
import type { Ground, HandBack, Task } from '../../records/tasks';
import { addDays, sayDay, today } from '../../text/days';
import { k } from '../../text/tasks';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';
import { useTap } from '../../ui/tap';

export function HandBackSheet({ onClose, onPick }: { onClose: () => void; onPick: (reason: HandBack) => void }) {
  return (
    <Sheet title={k('back.why')} closeWord={t('act.close')} onClose={onClose} testid="hand-back-sheet">
      {tasks.HAND_BACK.map((reason) => <Button key={reason} wide data-testid={`hand-back-${reason}`} onTap={() => onPick(reason)}>{k(`back.${reason}`)}</Button>)}
      <p class="quiet">{k('back.hint')}</p>
    </Sheet>
  );
}

/** The tap on a ground saves it. Words may follow, or never. */
export function RefuseSheet({ task, id, onClose }: { task: Task; id: string; onClose: () => void }) {
  const store = useStore();
  const [ground, setGround] = useState<Ground>();
  const [words, setWords] = useState('');
  const pick = useTap(async (chosen: Ground) => {
    if (ground) return;
    const result = await tasks.refuse(store, task, id, chosen);
    if (!result.saved) { tellSaved(result); return; }
    setGround(chosen);
    tellHeld(store, result.mutation_id, k('refused'), onClose);
  });
  const fault = tooLong(words);
  /** The words stay in sight until they are saved. */
  const close = async () => {
    if (fault) return;
    const now = await tasks.taskById(store, task.id);
    if (!words.trim() || !now?.refusal || tellSaved(await tasks.sayWhy(store, now, id, words.trim()), k('said'))) onClose();
  };
  return (
    <Sheet title={k('refuse.title')} closeWord={t('act.close')} onClose={close} testid="refuse-sheet">
      {!ground && <p>{k('refuse.which')}</p>}
      {tasks.GROUNDS.filter((one) => !ground || one === ground).map((one) => (
        <Button key={one} wide {...(ground ? { icon: 'check' as const } : {})} aria-pressed={ground === one} data-testid={`refuse-ground-${one}`} onTap={() => pick(one)}>{k(`ground.${one}`)}</Button>
      ))}
      {ground && <TextField long label={`${k('refuse.words')} ${t('form.optional')}`} value={words} onText={setWords} hint={<SafetyLine />} error={fault} testid="refuse-words" />}
      <p class="quiet">{k('refuse.hint')}</p>
      {ground && <Button kind="primary" wide data-testid="refuse-confirm" onTap={close}>{k('refuse.close')}</Button>}
    </Sheet>
  );
}

const SPANS = [1, 3, 7];
/** Some days after `from`, or any other. */
export function DaySheet({ title, from, onClose, onPick }: { title: string; from: string; onClose: () => void; onPick: (day: string) => void }) {
  const start = from < today() ? today() : from;
  const [day, setDay] = useState('');
  return (
    <Sheet title={title} closeWord={t('act.close')} onClose={onClose} testid="day-sheet">
      {SPANS.map((span) => <Button key={span} wide data-testid={`day-${span}`} onTap={() => onPick(addDays(start, span))}>{sayDay(addDays(start, span))}</Button>)}
      <TextField label={k('due_new')} value={day} onText={setDay} testid="day-other" rest={{ type: 'date', min: today() }} />
      <Button kind="primary" wide data-testid="day-save" onTap={() => { if (day >= today()) onPick(day); }}>{t('act.save')}</Button>
    </Sheet>
  );
}
