/** What was given out in the led grids and is still to be known: open, handed back, refused with its ruling, lately done. Pure. */
import { isWaiting, type Task } from '../../records/tasks';

export const DONE_SHOWN_MS = 7 * 86_400_000;
export const RULED_SHOWN_MS = 30 * 86_400_000;

/** Open ones first, as they fall due; then what came back; what is done last. */
export function givenOut(tasks: Task[], led: string[], now: number): Task[] {
  const rank = (task: Task) => (isWaiting(task) ? 0 : task.state === 'done' ? 2 : 1);
  return tasks.filter((task) => led.includes(task.grid_id) && isToBeKnown(task, now)).sort((a, b) => rank(a) - rank(b));
}

function isToBeKnown(task: Task, now: number): boolean {
  if (isWaiting(task) || task.state === 'handed_back') return true;
  if (task.state === 'refused') return !task.refusal?.ruling || (task.refusal.ruled_at ?? now) > now - RULED_SHOWN_MS;
  return task.state === 'done' && (task.steps.at(-1)?.at ?? now) > now - DONE_SHOWN_MS;
}
