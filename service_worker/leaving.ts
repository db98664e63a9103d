/**
 * A new version is to take over, and a browser changes the two only when nothing is under way in the old one. So whatever
 * waits for the network there must be left when it is told to: on a dead line it would wait for minutes.
 */
const waiting = new Set<(problem: Error) => void>();

/** `work`, or an error at the moment of leaving. What it may still do afterwards ends with the worker. */
export function unlessLeft<T>(work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    waiting.add(reject);
    void work.then(resolve, reject).finally(() => waiting.delete(reject));
  });
}

export function leaveAll(): void {
  for (const leave of waiting) leave(new Error('a new version takes over'));
}
