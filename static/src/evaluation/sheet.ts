/**
 * The sheet of one person and period, computed on the phone from the facts that it holds, to compare with the server's.
 * Exact fractions; each line is rounded once; what drops out is shared out in whole units of the last place.
 */
import { digest, type Json } from './canonical';
import { Rational } from './rational';
import type { Facts, Indicator, Line, PastGrade, Proposal, Row, RuleSet, Sheet } from './shapes';
import { own, prorates, rowsOf, tally, type Frame, type Tally } from './tally';

const { zero, one } = Rational;
const EARNING = 'count_capped ratio_linear ratio_tiered threshold timeliness quality satisfaction manual_mark training'.split(' ');
const DAY = 86_400_000;

interface Entry {
  indicator: Indicator;
  earns: boolean;
  tally: Tally;
  need: number;
  state: Line['state'];
}

/** The facts as they are hashed: rows by kind and id, nothing empty. */
export function tidied(facts: Facts): Facts {
  const kept = Object.entries(facts.facts).filter(([, rows]) => rows.length > 0);
  return {
    ...facts,
    facts: Object.fromEntries(kept.map(([name, rows]) => [name, [...rows].sort(byKeys(({ kind, id }) => [kind, id]))])),
    history: [...facts.history].sort(byKeys(began)),
    disputed: [...facts.disputed].sort(),
  };
}

/** The sheet, with the hashes of what it was computed from. Throws SyntaxError or RangeError for data that no server sends. */
export async function computeSheet(given: Facts, rules: RuleSet): Promise<Sheet> {
  const facts = tidied(given);
  const [ruleHash, factHash] = await Promise.all([digest(rules as unknown as Json), digest(facts as unknown as Json)]);
  return { ...withoutHashes(facts, rules), rule_set: ruleHash, facts: factHash };
}

function withoutHashes(facts: Facts, rules: RuleSet): Omit<Sheet, 'rule_set' | 'facts'> {
  const places = Number(rules.places);
  const entries = rules.indicators.filter(isLine).map((indicator) => entryOf(indicator, own(facts.facts, indicator.fact ?? '') ?? []));
  const shares = sharedOut(rules, entries, places);
  const lines: Line[] = [];
  const sums = new Map<string, Rational>();
  for (const entry of entries) {
    const group = entry.indicator.group ?? '';
    const { line, points } = lineOf(entry, frameOf(entry, shares.lines, facts, rules), places, facts);
    lines.push(line);
    sums.set(group, (sums.get(group) ?? zero).plus(points));
  }
  const groups = rules.groups.map((group) => {
    const sum = sums.get(group.code) ?? zero;
    const most = shares.groups.get(group.code) ?? parsed(group.max);
    const points = clamped(sum, parsed(group.min), group.max === undefined ? undefined : most);
    return { points, told: { code: group.code, max: most?.shown ?? null, sum: sum.shown, points: points.shown } };
  });
  const start = parsed(rules.start) ?? zero;
  const total = clamped(Rational.sum([start, ...groups.map(({ points }) => points)]), parsed(rules.min), parsed(rules.max));
  const vetoes = vetoesOf(rules, facts);
  const status = statusOf(facts, rules, entries, vetoes);
  const grade = status === 'graded' ? gradeOf(rules, total, vetoes.map((veto) => veto.grade)) : null;
  return {
    format: 'gridwalk/sheet/1',
    person: facts.person.id,
    period: facts.period,
    status,
    lines,
    groups: groups.map(({ told }) => told),
    start: start.shown,
    total: status === 'nothing' ? null : total.shown,
    grade,
    vetoes,
    proposals: [...vetoes.map(vetoProposal), ...streaksOf(rules, facts, grade)],
  };
}

const isLine = ({ type }: Indicator): boolean => EARNING.includes(type) || type === 'deduction' || type === 'bonus';
const parsed = (text: string | undefined): Rational | undefined => (text === undefined ? undefined : Rational.parse(text));

function entryOf(indicator: Indicator, rows: readonly Row[]): Entry {
  const counted = tally(indicator, rows);
  const earns = EARNING.includes(indicator.type);
  const need = Number(indicator.min_den ?? indicator.min_n ?? '1');
  return { indicator, earns, tally: counted, need, state: stateOf(indicator, earns, counted, need) };
}

function stateOf(indicator: Indicator, earns: boolean, { have, earn }: Tally, need: number): Line['state'] {
  const counts = indicator.type === 'count_capped' && (have > 0 || indicator.none === 'zero');
  if (!earns || counts || (earn && have >= need)) return 'scored';
  if (indicator.neutral !== undefined && indicator.neutral !== 'drop') return 'neutral';
  return have > 0 ? 'too_few' : 'no_opportunity';
}

const stays = ({ state }: Entry): boolean => state === 'scored' || state === 'neutral';

/** What each line and each earning group can give once the points of those that drop out are shared out. */
function sharedOut(rules: RuleSet, entries: readonly Entry[], places: number) {
  const maxOf = ({ indicator }: Entry) => Rational.parse(indicator.max ?? '0');
  const earning = rules.groups.flatMap((group) => {
    const inside = entries.filter(({ earns, indicator }) => earns && indicator.group === group.code);
    if (inside.length === 0) return [];
    const sum = Rational.sum(inside.map(maxOf));
    const full = group.max === undefined ? sum : Rational.least(sum, Rational.parse(group.max));
    return [{ code: group.code, full, staying: inside.filter(stays) }];
  });
  const alive = earning.filter(({ staying }) => staying.length > 0);
  const given = portions(Rational.sum(earning.map(({ full }) => full)), alive.map(({ full }) => full), places);
  const groups = new Map(earning.map(({ code }) => [code, zero]));
  const lines = new Map<string, Rational>();
  alive.forEach(({ code, full, staying }, index) => {
    const share = given[index] ?? zero;
    groups.set(code, share);
    const left = Rational.sum(staying.map(maxOf));
    const reach = left.below(full) ? full : left; // a limit that the rest can reach anyhow gives them nothing more
    const parts = portions(reach.times(share).over(full).rounded(places), staying.map(maxOf), places);
    staying.forEach(({ indicator }, place) => lines.set(indicator.code, parts[place] ?? zero));
  });
  return { lines, groups };
}

/** A total in proportion to weights: each gets the difference of two rounded running sums, so that nothing is lost. */
function portions(total: Rational, weights: readonly Rational[], places: number): Rational[] {
  const whole = Rational.sum(weights);
  const marks = weights.map((_, index) => total.times(Rational.sum(weights.slice(0, index + 1))).over(whole).rounded(places));
  return marks.map((mark, index) => mark.minus(marks[index - 1] ?? zero));
}

function frameOf({ indicator }: Entry, shares: ReadonlyMap<string, Rational>, facts: Facts, rules: RuleSet): Frame {
  const touching = (rules.coefficients ?? []).filter(({ applies_to }) =>
    [indicator.code, indicator.group ?? ''].some((code) => applies_to.includes(code)),
  );
  const factors = touching.map(({ by, values }) => {
    const keys = by === 'month' ? monthsOf(facts.period) : [facts.person.area_kind ?? ''];
    return Rational.sum(keys.map((key) => parsed(own(values, key)) ?? one)).over(Rational.count(keys.length));
  });
  return {
    most: shares.get(indicator.code) ?? zero,
    factors: factors.filter((factor) => !factor.equals(one)),
    due: Rational.parse(facts.days.due),
    present: Rational.parse(facts.days.present),
  };
}

function monthsOf({ start, end }: Facts['period']): string[] {
  const months: string[] = [];
  let [year, month] = [Number(start.slice(0, 4)), Number(start.slice(5, 7))];
  const last = end.slice(0, 7);
  for (;;) {
    const shown = `${month}`.padStart(2, '0');
    months.push(shown);
    if (`${year}`.padStart(4, '0') + `-${shown}` >= last) return months;
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
}

function lineOf(entry: Entry, frame: Frame, places: number, facts: Facts): { line: Line; points: Rational } {
  const { indicator, earns, need, state } = entry;
  const { have, sources } = entry.tally;
  const { points: exact, formula } = earned(entry, frame);
  const points = exact.rounded(places);
  const numbers = { ...entry.tally.numbers };
  if (earns) Object.assign(numbers, { have: `${have}`, need: `${need}` });
  if (prorates(frame) && ['count_capped', 'threshold'].includes(indicator.type)) {
    Object.assign(numbers, { days_due: frame.due.shown, days_present: frame.present.shown });
  }
  const full = Rational.parse((earns ? indicator.max : indicator.limit) ?? '0').shown;
  const { code, type, group = '', title_zh, title_en, clause } = indicator;
  return {
    points,
    line: {
      indicator: code,
      group,
      type,
      title_zh,
      title_en,
      clause,
      state,
      own_max: full,
      max: earns ? frame.most.shown : full,
      numbers,
      formula,
      exact: exact.ratio,
      points: points.shown,
      sources,
      disputed: facts.disputed.includes(code),
    },
  };
}

function earned(entry: Entry, frame: Frame): { points: Rational; formula: string } {
  const short = `${entry.tally.have} < ${entry.need}`;
  if (!stays(entry)) return { points: zero, formula: short };
  if (entry.state === 'neutral') {
    const share = Rational.parse(entry.indicator.neutral ?? '0');
    return { points: frame.most.times(share), formula: `${short}: ${frame.most.shown} × ${share.shown}` };
  }
  if (!entry.tally.earn) throw new RangeError(`nothing to divide by: ${entry.indicator.code}`);
  return entry.tally.earn(frame);
}

function clamped(value: Rational, least: Rational | undefined, most: Rational | undefined): Rational {
  const under = most ? Rational.least(value, most) : value;
  return least && under.below(least) ? least : under;
}

function statusOf(facts: Facts, rules: RuleSet, entries: readonly Entry[], vetoes: Sheet['vetoes']): Sheet['status'] {
  const earning = entries.filter(({ earns }) => earns);
  const asked = parsed(rules.min_days) ?? zero;
  if (Rational.parse(facts.days.present).below(asked.below(one) ? one : asked)) return 'too_short';
  if (earning.length > 0 && !earning.some(stays)) return 'nothing';
  const told = [...entries.map(({ indicator }) => indicator.code), ...vetoes.map(({ indicator }) => indicator)];
  return told.some((code) => facts.disputed.includes(code)) ? 'disputed' : 'graded';
}

/** Codes of grades from best to lowest. */
function gradesOf(rules: RuleSet): string[] {
  const rising = rules.grades.flatMap(({ code, from }) => (from === undefined ? [] : [{ code, from: Rational.parse(from) }]));
  rising.sort((a, b) => (a.from.below(b.from) ? 1 : b.from.below(a.from) ? -1 : 0));
  return [...rising.map(({ code }) => code), ...rules.grades.filter(({ from }) => from === undefined).map(({ code }) => code)];
}

function gradeOf(rules: RuleSet, total: Rational, capsAt: readonly string[]): string | null {
  const grades = gradesOf(rules);
  const reached = (code: string) => {
    const from = rules.grades.find((grade) => grade.code === code)?.from;
    return from === undefined || !total.below(Rational.parse(from));
  };
  const rank = Math.max(grades.findIndex(reached), ...capsAt.map((code) => grades.indexOf(code)));
  return grades[rank] ?? null;
}

function vetoesOf(rules: RuleSet, facts: Facts): Sheet['vetoes'] {
  return rules.indicators.flatMap((indicator) => {
    if (indicator.type !== 'veto') return [];
    const rows = rowsOf(indicator, own(facts.facts, indicator.fact ?? '') ?? []);
    const sources = rows
      .filter(({ outcome, finding }) => outcome === 'unmet' && finding)
      .map(({ kind, id }) => ({ kind, id, as: 'counted' }));
    return sources.length ? [{ indicator: indicator.code, clause: indicator.clause, grade: indicator.grade ?? '', sources }] : [];
  });
}

function vetoProposal({ indicator, clause, sources }: Sheet['vetoes'][number]): Proposal {
  return { kind: 'veto', indicator, clause, numbers: { findings: `${sources.length}` } };
}

function streaksOf(rules: RuleSet, facts: Facts, grade: string | null): Proposal[] {
  const grades = gradesOf(rules);
  return rules.indicators.flatMap((indicator): Proposal[] => {
    if (indicator.type !== 'streak' || grade === null) return [];
    const bound = grades.indexOf(indicator.grade ?? '');
    const reaches = (code: string) => {
      const rank = grades.indexOf(code);
      return rank >= 0 && (indicator.side === 'at_most' ? rank >= bound : rank <= bound);
    };
    const periods = reaches(grade) ? 1 + precedingInARow(facts, reaches) : 0;
    const need = indicator.periods ?? '1';
    if (periods < Number(need)) return [];
    return [{ kind: 'streak', indicator: indicator.code, clause: indicator.clause, numbers: { periods: `${periods}`, need } }];
  });
}

function precedingInARow(facts: Facts, reaches: (grade: string) => boolean): number {
  let begins = facts.period.start;
  const earlier = [...facts.history].sort(byKeys(began)).reverse();
  const broken = earlier.findIndex((past) => {
    const follows = Date.parse(past.end) + DAY === Date.parse(begins);
    if (!follows || !reaches(past.grade)) return true;
    begins = past.start;
    return false;
  });
  return broken < 0 ? earlier.length : broken;
}

const began = ({ start, end, grade }: PastGrade): string[] => [start, end, grade];

function byKeys<T>(keys: (value: T) => string[]): (a: T, b: T) => number {
  return (a, b) => {
    const others = keys(b);
    for (const [index, key] of keys(a).entries()) {
      const other = others[index] ?? '';
      if (key !== other) return key < other ? -1 : 1;
    }
    return 0;
  };
}
