/** One task in a list: what, until when, in which state. */
import { sayDay, sayDue, today } from '../text/days';
import { k } from '../text/tasks';
import { Tappable } from '../ui/button';
import { Icon } from '../ui/icons';
import { go } from '../ui/route';
import { Tag } from '../ui/tag';
import type { Matter } from './shapes';
import { isWaiting, type Refusal, type Task } from './tasks';
import { MatterName, Zh } from './words';

export function TaskRow({ task, matter, to }: { task: Task; matter: Matter | undefined; to?: boolean }) {
  const waits = isWaiting(task);
  return (
    <Tappable class="row" data-testid="task-row" data-id={task.id} data-state={task.state} onTap={() => go(`/task/${task.id}`)}>
      <Icon name="tasks" />
      <span class="grow stack-s">
        <span><span class="title short"><Zh>{task.words}</Zh></span><span class="quiet"><MatterName matter={matter} code={task.matter_code} short />{to && <> · <Zh>{task.person_name}</Zh></>}</span></span>
        <span class="line"><StateTag task={task} />{waits && <Tag tone={task.due_day < today() ? 'stop' : 'wait'} icon="waiting">{sayDue(task.due_day)}</Tag>}{task.asked_day && <Tag tone="wait" icon="undo">{sayDay(task.asked_day)}</Tag>}</span>
        {task.refusal && <span class="quiet" data-testid="task-ruling" data-ruling={task.refusal.ruling ?? 'waiting'}>{rulingWords(task.refusal)}</span>}
      </span>
      <Icon name="go" size={20} />
    </Tappable>
  );
}

export const rulingWords = ({ ruling, rule_by }: Refusal): string => (ruling ? k(`ruling.${ruling}`) : rule_by ? k('ruling.waiting', { day: sayDay(rule_by) }) : k('ruling.waiting_no_day'));

export function StateTag({ task }: { task: Task }) {
  const tone = task.state === 'done' ? 'ok' : isWaiting(task) ? 'plain' : 'wait';
  return <Tag tone={tone} icon={task.state === 'done' ? 'check' : task.state === 'open' ? 'tasks' : task.state === 'accepted' ? 'sending' : 'returned'}>{k(`state.${task.state}`)}</Tag>;
}

/** So many the server takes, of a task and of a refusal; more would be refused for good. */
export const MOST_WORDS = 500;
/** What stands in the way of saving them. */
export const tooLong = (words: string): string | undefined => ([...words.trim()].length > MOST_WORDS ? k('too_long', { n: MOST_WORDS }) : undefined);
