/** The phone's own computation: a piece of its own, fetched when a sheet is opened and beforehand when the phone rests. */
const reckoning = () => import('../../evaluation/index');

export const fetchReckoning = (): Promise<unknown> => reckoning().catch(() => undefined);
export const recompute: typeof import('../../evaluation/index').recompute = async (...asked) => (await reckoning()).recompute(...asked);
