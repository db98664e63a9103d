/** 任务: what is to be done, the most urgent first; below it what is over. */
import * as lists from '../../records/lists';
import { useLive, useStore } from '../../records/store_context';
import { TaskRow } from '../../records/task_row';
import { allTasks, isWaiting, ownTasks, type Task } from '../../records/tasks';
import { k } from '../../text/tasks';
import { Empty } from '../../ui/tag';
import { Outside } from './outside';

export default function Tasks() {
  return <><OwnTasks title={k('mine')} none={<Empty icon="tasks"><p class="strong">{k('none')}</p><p>{k('none_hint')}</p></Empty>} /><Outside /></>;
}

/** Tasks given to oneself; whoever has no tab for them finds them in 我. */
export function OwnTasks({ title, none }: { title: string; none?: preact.JSX.Element }) {
  const { session } = useStore();
  const known = useLive(async (s) => ({ tasks: ownTasks(await allTasks(s), session.person.id), matters: await lists.matterByCode(s) }), ['task', 'matter']);
  if (!known) return null;
  const todo = known.tasks.filter(isWaiting), over = known.tasks.filter((task) => !isWaiting(task)).reverse();
  const section = (heading: string, tasks: Task[]) => tasks.length > 0 && (
    <section class="card flat" aria-label={heading}><h2 style="padding:12px 16px 4px">{heading}</h2><div class="rows">{tasks.map((task) => <TaskRow key={task.id} task={task} matter={known.matters.get(task.matter_code)} />)}</div></section>
  );
  return <>{!known.tasks.length && none}{section(title, todo)}{section(k('over'), over)}</>;
}
