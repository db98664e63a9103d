/** A day some days ahead; tapping the chosen one again means: none. */
import { addDays, sayDay, today } from '../text/days';
import { OneOf } from '../ui/chips';

const DAYS = [1, 3, 5, 7, 15];

export function DayChoice(p: { label: string; value: string | undefined; onPick: (day: string | undefined) => void; days?: number[] }) {
  const from = today();
  const days = [...new Set([...(p.days ?? DAYS).map((n) => addDays(from, n)), ...(p.value ? [p.value] : [])])].sort();
  return <OneOf label={p.label} showLabel clearable value={p.value} onPick={p.onPick} choices={days.map((day) => ({ value: day, label: sayDay(day) }))} />;
}
