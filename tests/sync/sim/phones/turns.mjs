/**
 * The scheduler of all phones. fake-indexeddb waits by `setImmediate`; here those waits stand in one queue that is run
 * one task at a time, each with all its microtasks, so that the same commands always meet in the same order and a
 * phone can be killed between any two tasks.
 */
const real = globalThis.setImmediate;
let tasks = [];
let next = 0;
globalThis.setImmediate = (call, ...given) => {
  tasks.push(() => call(...given));
  return tasks.length;
};

const settled = () => new Promise((resolve) => real(resolve));
const TOO_MANY = 200_000;

/** Runs what waits, at most `most` tasks. Answers how many ran. */
export async function run(most = Infinity) {
  await settled();
  let ran = 0;
  while (next < tasks.length && ran < most) {
    const task = tasks[next];
    tasks[next] = undefined;
    next += 1;
    if (next === tasks.length) {
      tasks = [];
      next = 0;
    }
    task();
    await settled();
    ran += 1;
    if (ran > TOO_MANY) throw new Error('a phone does not come to rest');
  }
  return ran;
}
