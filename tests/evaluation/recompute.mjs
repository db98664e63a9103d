/**
 * The phone's computation behind a pipe: each line of standard input holds facts, a rule set and the server's sheet;
 * each line of the answer says what the phone came to, whether it agrees, and what that costs.
 * usage: node recompute.mjs <evaluation.mjs>
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { canonical, computeSheet, recompute } = await import(pathToFileURL(process.argv[2]).href);

for await (const line of createInterface({ input: process.stdin })) {
  const { facts, rules, sheet } = JSON.parse(line);
  let answer;
  try {
    const { agrees } = await recompute(facts, rules, sheet);
    answer = { agrees, sheet: canonical(await computeSheet(facts, rules)) };
  } catch (error) {
    answer = { agrees: false, error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
