/** Where a word lies as soon as it is written: localStorage, absent where the browser refuses it. Only sealed words go in. */
export function slate(): Storage | undefined {
  try { return localStorage; } catch { return undefined; }
}
