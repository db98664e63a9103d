/** What an indicator makes of its rows. Written from docs/evaluation_facts.md, beside the server's own and not after it. */
import { Rational } from './rational';
import type { Indicator, Row, Source } from './shapes';

const { zero } = Rational;

/** What the line is computed under: its share of the points, factors other than 1, days due and in post. */
export interface Frame {
  most: Rational;
  factors: readonly Rational[];
  due: Rational;
  present: Rational;
}

export interface Outcome {
  points: Rational;
  formula: string;
}

/** `earn` is absent where there is nothing to divide by; `have` is how many rows could be decided. */
export interface Tally {
  have: number;
  sources: Source[];
  numbers: Record<string, string>;
  earn?: (frame: Frame) => Outcome;
}

interface Judged {
  row: Row;
  as: string;
}

type Judge = (row: Row) => string;

/** The value of a name that the JSON itself has: a category may be called `constructor`. */
export function own<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined;
}

export const isFulfilled = (row: Row): boolean => row.outcome === 'met' || row.outcome === 'pending';

export function prorates({ due, present }: Frame): boolean {
  return zero.below(present) && present.below(due);
}

export function rowsOf(indicator: Indicator, rows: readonly Row[]): Row[] {
  let categories = indicator.categories ?? indicator.required;
  if (indicator.type === 'manual_mark') categories ??= [indicator.code];
  const among = (wanted: readonly string[] | undefined, value: string | undefined) =>
    !wanted || (value !== undefined && wanted.includes(value));
  return rows.filter((row) => among(categories, row.category) && among(indicator.levels, row.level));
}

export function tally(indicator: Indicator, rows: readonly Row[]): Tally {
  const make = own(MAKERS, indicator.type);
  if (!make) throw new TypeError(`no line of type ${indicator.type}`);
  return make(indicator, rowsOf(indicator, rows));
}

const MAKERS: Readonly<Record<string, (indicator: Indicator, rows: Row[]) => Tally>> = {
  ratio_linear: (_, rows) => proportion(judge(rows, byOutcome), 'met', 'unmet'),
  quality: (_, rows) => proportion(judge(rows, byCheck), 'ok', 'bad'),
  ratio_tiered: tiered,
  threshold,
  timeliness,
  training,
  satisfaction,
  manual_mark: manualMark,
  count_capped: countCapped,
  deduction,
  bonus,
};

function judge(rows: readonly Row[], how: Judge): Judged[] {
  return rows.map((row) => ({ row, as: row.outcome === 'neutral' ? (row.why ?? 'neutral') : how(row) }));
}

const byOutcome: Judge = (row) => (isFulfilled(row) ? 'met' : 'unmet');
const byCheck: Judge = (row) => row.check ?? 'unchecked';

/** `late` also when it was never done; `no_clock` where a done act has no deadline or no time in its unit. */
function byClock(indicator: Indicator): Judge {
  return (row) => {
    if (!isFulfilled(row)) return 'late';
    const unit = indicator.within === undefined ? row.allowed_unit : indicator.within_unit;
    const limit = indicator.within ?? row.allowed;
    const took = unit === undefined ? undefined : own(row.took, unit);
    if (limit === undefined || unit === undefined || took === undefined) return 'no_clock';
    const last = Rational.parse(limit).plus(Rational.parse(own(indicator.grace, unit) ?? '0'));
    return last.below(Rational.parse(took)) ? 'late' : 'met';
  };
}

const listed = (judged: readonly Judged[]): Source[] => judged.map(({ row, as }) => ({ kind: row.kind, id: row.id, as }));
const howMany = (judged: readonly Judged[], ...wanted: string[]): number =>
  judged.filter(({ as }) => wanted.includes(as)).length;
const nothing = (judged: readonly Judged[]): Tally => ({ have: 0, sources: listed(judged), numbers: {} });

/** Multiplied by the factors and never above the line's own share. */
function capped(frame: Frame, points: Rational): Rational {
  return Rational.least(frame.most, frame.factors.reduce((product, factor) => product.times(factor), points));
}

function cappedText(frame: Frame, text: string): string {
  return frame.factors.length ? `min(${frame.most.shown}, ${text}${timesText(frame)})` : text;
}

const timesText = (frame: Frame): string => frame.factors.map((factor) => ` × ${factor.shown}`).join('');

function proportion(judged: Judged[], good: string, bad: string): Tally {
  const part = howMany(judged, good);
  const whole = part + howMany(judged, bad);
  return shareOf(Rational.count(part), Rational.count(whole), whole, judged);
}

function shareOf(part: Rational, whole: Rational, have: number, judged: Judged[]): Tally {
  if (whole.equals(zero)) return nothing(judged);
  return {
    have,
    sources: listed(judged),
    numbers: { part: part.shown, whole: whole.shown },
    earn: (frame) => ({
      points: capped(frame, frame.most.times(part).over(whole)),
      formula: cappedText(frame, `${frame.most.shown} × ${part.shown} ÷ ${whole.shown}`),
    }),
  };
}

function tiered(indicator: Indicator, rows: Row[]): Tally {
  const judged = judge(rows, byOutcome);
  const part = howMany(judged, 'met');
  const whole = part + howMany(judged, 'unmet');
  if (whole === 0) return nothing(judged);
  const share = Rational.of(BigInt(part), BigInt(whole));
  const open = indicator.inclusive === 'above';
  const full = Rational.parse(indicator.max ?? '0');
  let best: { from: Rational; gives: Rational } | undefined;
  for (const [bound, gives] of Object.entries(indicator.tiers ?? {})) {
    const from = Rational.parse(bound);
    const reached = open ? from.below(share) : !share.below(from);
    if (reached && (!best || best.from.below(from))) best = { from, gives: Rational.parse(gives) };
  }
  return {
    have: whole,
    sources: listed(judged),
    numbers: { part: `${part}`, whole: `${whole}` },
    earn: (frame) => {
      if (!best) return { points: zero, formula: `${part} ÷ ${whole}: 0` };
      const same = frame.most.equals(full);
      const text = best.gives.shown + (same ? '' : ` × ${frame.most.shown} ÷ ${full.shown}`);
      return {
        points: capped(frame, best.gives.times(frame.most).over(full)),
        formula: `${part} ÷ ${whole} ${open ? '>' : '≥'} ${best.from.shown}: ${cappedText(frame, text)}`,
      };
    },
  };
}

function threshold(indicator: Indicator, rows: Row[]): Tally {
  const share = indicator.of === 'share';
  const checked = !share && indicator.counts !== 'met';
  const judged = judge(rows, checked ? (row) => (row.outcome === 'unmet' ? 'unmet' : byCheck(row)) : byOutcome);
  const part = howMany(judged, 'met', 'ok');
  const whole = part + howMany(judged, 'unmet', 'bad');
  if (share && whole === 0) return nothing(judged);
  const target = Rational.parse(indicator.target ?? '0');
  return {
    have: whole,
    sources: listed(judged),
    numbers: share ? { part: `${part}`, whole: `${whole}` } : { count: `${part}` },
    earn: (frame) => {
      const got = share ? Rational.of(BigInt(part), BigInt(whole)) : perDay(frame, Rational.count(part));
      const text = share ? `${part} ÷ ${whole}` : `${part}${perDayText(frame)}`;
      if (!got.below(target)) {
        return { points: capped(frame, frame.most), formula: `${text} ≥ ${target.shown}: ${cappedText(frame, frame.most.shown)}` };
      }
      if (indicator.below === 'zero') return { points: zero, formula: `${text} < ${target.shown}: 0` };
      const product = cappedText(frame, `${frame.most.shown} × ${text} ÷ ${target.shown}`);
      return { points: capped(frame, frame.most.times(got).over(target)), formula: `${text} < ${target.shown}: ${product}` };
    },
  };
}

/** Who was in post for half the days is asked for half. */
function perDay(frame: Frame, howMuch: Rational): Rational {
  return prorates(frame) ? howMuch.times(frame.due).over(frame.present) : howMuch;
}

function perDayText(frame: Frame): string {
  return prorates(frame) ? ` × ${frame.due.shown} ÷ ${frame.present.shown}` : '';
}

function timeliness(indicator: Indicator, rows: Row[]): Tally {
  const judged = judge(rows, byClock(indicator));
  const decided = judged.filter(({ as }) => as === 'met' || as === 'late');
  const weight = ({ row }: Judged) => Rational.parse(own(indicator.weights, row.level ?? '') ?? '1');
  const inTime = decided.filter(({ as }) => as === 'met');
  return shareOf(Rational.sum(inTime.map(weight)), Rational.sum(decided.map(weight)), decided.length, judged);
}

function training(_: Indicator, rows: Row[]): Tally {
  const judged = judge(rows, byOutcome);
  const courses = (...wanted: string[]) =>
    new Set(judged.filter(({ as }) => wanted.includes(as)).map(({ row }) => row.category)).size;
  const offered = courses('met', 'unmet');
  return shareOf(Rational.count(courses('met')), Rational.count(offered), offered, judged);
}

function between(low: Rational, high: Rational, value: Rational): Rational {
  return value.below(low) ? low : Rational.least(high, value);
}

function mean(values: readonly Rational[]): Rational {
  return Rational.sum(values).over(Rational.count(values.length));
}

function satisfaction(indicator: Indicator, rows: Row[]): Tally {
  const judged = judge(rows, (row) => (!row.drawn ? 'not_drawn' : row.value === undefined ? 'unchecked' : 'mark'));
  const low = Rational.parse(indicator.scale_from ?? '0');
  const high = Rational.parse(indicator.scale ?? '0');
  const marks = judged.filter(({ as }) => as === 'mark').map(({ row }) => between(low, high, Rational.parse(row.value ?? '0')));
  if (marks.length === 0) return nothing(judged);
  const average = mean(marks);
  const above = low.equals(zero)
    ? `${average.shown} ÷ ${high.shown}`
    : `(${average.shown} − ${low.shown}) ÷ (${high.shown} − ${low.shown})`;
  return {
    have: marks.length,
    sources: listed(judged),
    numbers: { mean: average.shown, marks: `${marks.length}` },
    earn: (frame) => ({
      points: capped(frame, frame.most.times(average.minus(low)).over(high.minus(low))),
      formula: cappedText(frame, `${frame.most.shown} × ${above}`),
    }),
  };
}

function manualMark(indicator: Indicator, rows: Row[]): Tally {
  const raters = indicator.raters ?? {};
  const judged = judge(rows, (row) => {
    if (row.rater === undefined || own(raters, row.rater) === undefined) return 'other_rater';
    if (row.value === undefined) return 'unchecked';
    return row.reason ? 'mark' : 'no_reason';
  });
  const given = judged.filter(({ as }) => as === 'mark').map(({ row }) => row);
  const scale = Rational.parse(indicator.scale ?? '0');
  const voices = [...new Set(given.map(({ rater }) => rater ?? ''))].sort().map((rater) => ({
    rater,
    weight: Rational.parse(own(raters, rater) ?? '0'),
    mean: mean(given.filter((row) => row.rater === rater).map((row) => between(zero, scale, Rational.parse(row.value ?? '0')))),
  }));
  const weight = Rational.sum(voices.map((voice) => voice.weight));
  if (weight.equals(zero)) return nothing(judged);
  const mark = Rational.sum(voices.map((voice) => voice.mean.times(voice.weight))).over(weight);
  const terms = voices.map((voice) => `${voice.mean.shown} × ${voice.weight.shown}`).join(' + ');
  const numbers = Object.fromEntries(voices.map((voice) => [`rater.${voice.rater}`, voice.mean.shown]));
  const shown = voices.length > 1 ? `(${terms}) ÷ ${weight.shown}` : mark.shown;
  return {
    have: given.length,
    sources: listed(judged),
    numbers: { ...numbers, mark: mark.shown },
    earn: (frame) => ({
      points: capped(frame, frame.most.times(mark).over(scale)),
      formula: cappedText(frame, `${frame.most.shown} × ${shown} ÷ ${scale.shown}`),
    }),
  };
}

function weightKey(indicator: Indicator, row: Row): string {
  return (indicator.weigh_by === 'category' ? row.category : row.level) ?? '';
}

/** What one row counts for, or undefined where the set gives it no weight. */
function weightOf(indicator: Indicator, row: Row): Rational | undefined {
  const told = indicator.each ?? own(indicator.weights, weightKey(indicator, row));
  return told === undefined ? undefined : Rational.parse(told);
}

const countedIf = (indicator: Indicator, row: Row): string => (weightOf(indicator, row) ? 'counted' : 'no_weight');

function addedUp(indicator: Indicator, judged: readonly Judged[]): { total: Rational; terms: string } {
  const counted = judged.filter(({ as }) => as === 'counted').map(({ row }) => row);
  const total = Rational.sum(counted.map((row) => weightOf(indicator, row) ?? zero));
  if (indicator.each !== undefined) return { total, terms: `${counted.length} × ${Rational.parse(indicator.each).shown}` };
  const keys = [...new Set(counted.map((row) => weightKey(indicator, row)))].sort();
  const terms = keys.map((key) => {
    const alike = counted.filter((row) => weightKey(indicator, row) === key);
    return `${alike.length} × ${Rational.parse(own(indicator.weights, key) ?? '0').shown}`;
  });
  return { total, terms: terms.join(' + ') || '0' };
}

function countCapped(indicator: Indicator, rows: Row[]): Tally {
  const clock = byClock(indicator);
  const judged = judge(rows, (row) => {
    if (row.outcome === 'unmet') return 'unmet';
    if (indicator.counts !== 'met' && row.check !== 'ok') return byCheck(row);
    const pace = indicator.counts === 'in_time' ? clock(row) : 'met';
    return pace === 'met' ? countedIf(indicator, row) : pace;
  });
  const { total, terms } = addedUp(indicator, judged);
  const full = Rational.parse(indicator.max ?? '0');
  return {
    have: rows.filter((row) => row.outcome !== 'neutral').length,
    sources: listed(judged),
    numbers: { sum: total.shown },
    earn: (frame) => {
      const scaled = frame.most.equals(full) ? '' : ` × ${frame.most.shown} ÷ ${full.shown}`;
      return {
        points: capped(frame, perDay(frame, total).times(frame.most).over(full)),
        formula: `min(${frame.most.shown}, (${terms})${perDayText(frame)}${scaled}${timesText(frame)})`,
      };
    },
  };
}

function deduction(indicator: Indicator, rows: Row[]): Tally {
  const [how, happened] = indicator.counts === 'late' ? [byClock(indicator), 'late'] : [byOutcome, 'unmet'];
  const judged = judge(rows, (row) => {
    const found = how(row);
    if (found !== happened) return found;
    return indicator.needs_finding && !row.finding ? 'no_finding' : countedIf(indicator, row);
  });
  return limited(indicator, judged, true);
}

function bonus(indicator: Indicator, rows: Row[]): Tally {
  const judged = judge(rows, (row) => {
    if (!isFulfilled(row)) return 'unmet';
    return row.approver && row.evidence ? countedIf(indicator, row) : 'no_approval';
  });
  return limited(indicator, indicator.best_of_subject ? oncePerSubject(indicator, judged) : judged, false);
}

function oncePerSubject(indicator: Indicator, judged: readonly Judged[]): Judged[] {
  const highest = new Map<string, Row>();
  for (const { row, as } of judged) {
    if (as !== 'counted' || row.subject === undefined) continue;
    const other = highest.get(row.subject);
    if (!other || (weightOf(indicator, other) ?? zero).below(weightOf(indicator, row) ?? zero)) highest.set(row.subject, row);
  }
  return judged.map(({ row, as }) => {
    const second = as === 'counted' && row.subject !== undefined && highest.get(row.subject) !== row;
    return { row, as: second ? 'lower_level' : as };
  });
}

function limited(indicator: Indicator, judged: readonly Judged[], takes: boolean): Tally {
  const { total, terms } = addedUp(indicator, judged);
  const limit = Rational.parse(indicator.limit ?? '0');
  return {
    have: howMany(judged, 'counted'),
    sources: listed(judged),
    numbers: { sum: total.shown },
    earn: (frame) => {
      const size = Rational.least(limit, frame.factors.reduce((product, factor) => product.times(factor), total));
      return {
        points: takes ? size.negated() : size,
        formula: `${takes ? '−' : ''}min(${limit.shown}, (${terms})${timesText(frame)})`,
      };
    },
  };
}
