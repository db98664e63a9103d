/** 任务: what is to be done, the most urgent first; below it what is over. */
import * as lists from '../../records/lists';
import { useLive, useStore } from '../../records/store_context';
import { TaskRow } from '../../records/task_row';
import { allTasks, isWaiting, ownTasks, type Task } from '../../records/tasks';
import { k } from '../../text/tasks';
import { Empty } from '../../ui/tag';
import { Outside } from './outside';

export default function Tasks() {
  const { session } = useStore();
  const known = useLive(async (s) => ({ tasks: ownTasks(await allTasks(s), session.person.id), matters: await lists.matterByCode(s) }), ['task', 'matter']);
  if (!known) return null;
  const todo = known.tasks.filter(isWaiting), over = known.tasks.filter((task) => !isWaiting(task)).reverse();
  const section = (title: string, tasks: Task[]) => tasks.length > 0 && (
    <section class="card flat" aria-label={title}><h2 style="padding:12px 16px 4px">{title}</h2><div class="rows">{tasks.map((task) => <TaskRow key={task.id} task={task} matter={known.matters.get(task.matter_code)} />)}</div></section>
  );
  return (
    <>
      {!known.tasks.length && <Empty icon="tasks"><p class="strong">{k('none')}</p><p>{k('none_hint')}</p></Empty>}
      {section(k('mine'), todo)}
      {section(k('over'), over)}
      <Outside />
    </>
  );
}
