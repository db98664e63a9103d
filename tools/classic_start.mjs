/**
 * Makes the first piece of the app a classic script, and leaves a module in its place for the pieces loaded later.
 *
 * Why: a service worker that puts a classic script into its cache has the browser compile all of it there and then, and
 * keep the result; a module is compiled anew at every start. On a slow phone that is 100 ms of 600 before the first list.
 *
 *   start-<hash>.js     everything of the first route; ends by laying what it exports on `globalThis.gridwalk`
 *   chunk-<hash>.js     same name as before, exports the same names, read from there
 *
 * The names are read once, so a module of the first piece must not export a variable that changes (`export let`).
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EXPORTS = /export\s*\{([^}]*)\};?\s*$/;
const CHANGING = /^export let /m;

/** `boot` imports `chunk`, the only static import of both; `sources` are the paths of what lies in them. Answers the start's file name. */
export function makeClassicStart({ outdir, boot, chunk, sources, digest }) {
  for (const source of sources) if (CHANGING.test(readFileSync(source, 'utf8'))) throw new Error(`${source}: "export let" cannot cross into a later piece`);
  const text = readFileSync(join(outdir, chunk), 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '');
  const clause = EXPORTS.exec(text);
  const body = clause && text.slice(0, clause.index);
  if (!body || /(^|[;}])import[\s{"']/.test(body.slice(0, 200))) throw new Error(`${chunk}: expected one export at the end and no import`);
  const pairs = clause[1].split(',').map((pair) => pair.trim().split(/\s+as\s+/)).map(([local, name = local]) => ({ local, name }));
  const start = `(()=>{"use strict";${body};globalThis.gridwalk={${pairs.map(({ local, name }) => `${name}:${local}`).join()}}})();\n`;
  const file = `start-${digest(start)}.js`;
  writeFileSync(join(outdir, file), start);
  const read = pairs.map(({ name }) => `_${name}=g.${name}`).join();
  writeFileSync(join(outdir, chunk), `const g=globalThis.gridwalk,${read};export{${pairs.map(({ name }) => `_${name} as ${name}`).join()}};\n`);
  rmSync(join(outdir, boot));
  return file;
}
