/**
 * The phone's own evaluation, a lazy piece: it recomputes a sheet from the facts that came with it. It shares no code with the
 * server's, so that two that agree are two witnesses. `import('../evaluation')` where a sheet is opened, never with a screen.
 */
import { canonical, digest, type Json } from './canonical';
import { computeSheet } from './sheet';
import type { Facts, RuleSet, Sheet } from './shapes';

export { canonical, computeSheet, digest };
export type { Facts, Line, Proposal, RuleSet, Sheet, Source } from './shapes';

/**
 * Whether the phone comes to the very bytes of the sheet that the server sent; with its own sheet, to show what differs.
 * Rejects where the browser cannot hash, which says nothing about the sheet.
 */
export async function recompute(facts: Facts, rules: RuleSet, sent: Sheet): Promise<{ agrees: boolean; own: Sheet | null }> {
  if (!globalThis.crypto?.subtle) throw new Error('this browser cannot hash here');
  try {
    const own = await computeSheet(facts, rules);
    return { agrees: canonical(own as unknown as Json) === canonical(sent as unknown as Json), own };
  } catch {
    return { agrees: false, own: null };
  }
}
