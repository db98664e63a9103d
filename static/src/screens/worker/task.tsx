/** One task: do it, ask for time, hand it back, or refuse it under Art. 12; for whoever assigned it: change the day, withdraw. */
import { useState } from 'preact/hooks';
import { newId } from '../../records/ids';
import * as lists from '../../records/lists';
import { gridsLed } from '../../records/roles';
import { tellHeld, tellSaved } from '../../records/save';
import { useLive, useStore } from '../../records/store_context';
import { StateTag, rulingWords } from '../../records/task_row';
import * as tasks from '../../records/tasks';
import type { Task } from '../../records/tasks';
import type { RecordRow } from '../../records/shapes';
import { MatterName, Said, Zh, kindWord } from '../../records/words';
import type { SaveResult } from '../../store/api';
import { sayDay, sayDue, sayMoment, today } from '../../text/days';
import { k, zh, type TaskKey } from '../../text/tasks';
import { t } from '../../text/text';
import { Button, Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { Sheet } from '../../ui/sheet';
import { useTap } from '../../ui/tap';
import { Empty, NoteLine, Tag } from '../../ui/tag';
import { DaySheet, HandBackSheet, RefuseSheet } from './task_sheets';

type Open = 'finish' | 'back' | 'refuse' | 'time' | 'due';

export default function TaskPage({ id }: { id: string }) {
  const store = useStore();
  const [open, setOpen] = useState<Open>();
  const [refusing, setRefusing] = useState(newId);
  const known = useLive(async (s) => ({ task: await tasks.taskById(s, id), matters: await lists.matterByCode(s) }), ['task', 'matter'], [id]);
  if (!known) return null;
  const { task } = known;
  if (!task) return <Empty icon="tasks"><p>{k('not_here')}</p></Empty>;
  const me = store.session.person.id;
  const isMine = task.person_id === me, waits = tasks.isWaiting(task);
  // an order that has not reached the server yet is taken back by its undo alone
  const decides = !!task.version && (waits || task.state === 'handed_back') && (task.assigned_by === me || (!isMine && gridsLed(store.session).includes(task.grid_id)));
  const close = () => setOpen(undefined);
  const done = (result: SaveResult, words: string) => { if (result.saved) tellHeld(store, result.mutation_id, words, () => {}); else tellSaved(result); };
  return (
    <div class="stack" data-testid="task-page" data-id={task.id} data-state={task.state}>
      <section class="card">
        <p class="line"><StateTag task={task} />{waits && <Tag tone={task.due_day < today() ? 'stop' : 'wait'} icon="waiting">{sayDue(task.due_day)}</Tag>}</p>
        <p class="strong"><Zh>{task.words}</Zh></p>
        <p class="quiet"><MatterName matter={known.matters.get(task.matter_code)} code={task.matter_code} /></p>
        <p class="quiet"><Said>{k('by', { name: task.assigned_by_name })}</Said> · {sayMoment(task.assigned_at)} · <Zh>{task.person_name}</Zh></p>
        {task.asked_day && <p>{k('asked_until', { day: sayDay(task.asked_day) })}</p>}
        {task.state === 'withdrawn' && isMine && task.done_record_id && <p>{k('kept')}</p>}
        {task.done_record_id && <Button icon="records" data-testid="task-proof" onTap={() => go(`/record/${task.done_record_id}`)}>{k('proof')}</Button>}
      </section>
      {task.refusal && <Ruling task={task} />}
      {isMine && task.state === 'open' && <Button kind="primary" wide icon="check" data-testid="task-accept" onTap={() => tasks.accept(store, task).then((result) => tellSaved(result, k('accepted')))}>{k('accept')}</Button>}
      {isMine && task.state === 'accepted' && <Button kind="primary" wide icon="check" data-testid="task-finish" onTap={() => setOpen('finish')}>{k('finish')}</Button>}
      {isMine && waits && <Button kind="act" wide icon="waiting" data-testid="task-more-time" onTap={() => setOpen('time')}>{k('more_time')}</Button>}
      {isMine && waits && <Button wide icon="returned" data-testid="task-hand-back" onTap={() => setOpen('back')}>{k('hand_back')}</Button>}
      {isMine && !task.refusal && task.state !== 'done' && <Button wide icon="refused" data-testid="task-refuse" onTap={() => { setRefusing(newId()); setOpen('refuse'); }}>{k('refuse')}</Button>}
      {isMine && task.refusal && !task.refusal.ruling && <Button wide icon="undo" data-testid="task-take-back" onTap={() => tasks.takeBack(store, task, task.refusal!.id).then((result) => done(result, k('taken_back')))}>{k('take_back')}</Button>}
      {decides && <Button kind="act" wide icon="waiting" data-testid="task-set-due" onTap={() => setOpen('due')}>{k('set_due')}</Button>}
      {decides && <Button wide icon="trash" data-testid="task-withdraw" onTap={() => tasks.withdraw(store, task).then((result) => done(result, k('withdrawn')))}>{k('withdraw')}</Button>}
      <History task={task} />
      {open === 'finish' && <FinishSheet task={task} onClose={close} onDone={(result) => { close(); done(result, k('finished')); }} />}
      {open === 'back' && <HandBackSheet onClose={close} onPick={(reason) => { close(); void tasks.handBack(store, task, reason).then((result) => done(result, k('handed_back'))); }} />}
      {open === 'refuse' && <RefuseSheet task={task} id={refusing} onClose={close} />}
      {open === 'time' && <DaySheet title={k('more_time')} from={task.due_day} onClose={close} onPick={(day) => { close(); void tasks.askTime(store, task, day).then((result) => done(result, k('time_asked'))); }} />}
      {open === 'due' && <DaySheet title={k('set_due')} from={task.asked_day ?? today()} onClose={close} onPick={(day) => { close(); void tasks.setDue(store, task, day).then((result) => done(result, k('due_set'))); }} />}
    </div>
  );
}

function Ruling({ task }: { task: Task }) {
  const refusal = task.refusal!;
  return (
    <NoteLine tone={refusal.ruling === 'not_upheld' ? 'wait' : 'plain'} icon="refused">
      <p class="strong" data-testid="refusal-said" data-ground={String(refusal.ground)} data-ruling={refusal.ruling ?? 'waiting'}>{k(`ground.${refusal.ground}`)}</p>
      <p>{rulingWords(refusal)}</p>
      {refusal.ruling_words && <p><Zh>{refusal.ruling_words}</Zh></p>}
    </NoteLine>
  );
}

function FinishSheet({ task, onClose, onDone }: { task: Task; onClose: () => void; onDone: (result: SaveResult) => void }) {
  const store = useStore();
  const known = useLive(async (s) => ({ found: tasks.proofs(task, await lists.records(s)), matters: await lists.matterByCode(s) }), ['record', 'matter']);
  const finish = useTap(async (record: RecordRow) => onDone(await tasks.finish(store, task, record)));
  return (
    <Sheet title={k('finish.which')} closeWord={t('act.close')} onClose={onClose} testid="finish-sheet">
      {known && !known.found.length && <p>{k('finish.none')}</p>}
      <div class="rows">
        {known?.found.map((record) => (
          <Tappable class="row" key={record.id} data-testid="finish-record" data-id={record.id} onTap={() => finish(record)}>
            <Icon name="records" /><span class="grow"><span class="title">{kindWord(record.kind)} <MatterName matter={known.matters.get(record.matter_code ?? '')} code={record.matter_code} short /></span><span class="quiet">{sayMoment(record.acted_at)}</span></span>
          </Tappable>
        ))}
      </div>
      <Button wide icon="add" data-testid="finish-log" onTap={() => { onClose(); go('/log'); }}>{k('finish.log')}</Button>
    </Sheet>
  );
}

function History({ task }: { task: Task }) {
  if (!task.steps.length) return null;
  return (
    <section class="card"><h2>{k('history')}</h2>
      <ol class="stack-s">{task.steps.map((step, at) => (
        <li key={at}><span class="strong">{`step.${step.step}` in zh ? k(`step.${step.step}` as TaskKey) : step.step}</span> <span class="quiet">{sayMoment(step.at)}{step.by_name && <> · <Zh>{step.by_name}</Zh></>}{step.reason && `back.${step.reason}` in zh && <> · {k(`back.${step.reason}` as TaskKey)}</>}</span></li>
      ))}</ol>
    </section>
  );
}
