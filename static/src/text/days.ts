/** Calendar days and clock times as people here say them: always Asia/Shanghai, whatever the phone's own zone. */
import { language, t } from './text';

const EIGHT_HOURS = 8 * 3_600_000;
const ONE_DAY = 86_400_000;

/** `YYYY-MM-DD` of a moment (ms UTC). */
export function dayOf(at: number): string {
  return new Date(at + EIGHT_HOURS).toISOString().slice(0, 10);
}

export function today(): string {
  return dayOf(Date.now());
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * ONE_DAY).toISOString().slice(0, 10);
}

/** Whole days from one calendar day to another; negative when `to` lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / ONE_DAY);
}

/**
 * 11月24日 · 24 Nov; with the year only when it is another one. The Chinese form is put together here: the first
 * DateTimeFormat costs a slow phone 50 ms, which the first list would wait for.
 */
export function sayDay(day: string): string {
  const otherYear = day.slice(0, 4) !== today().slice(0, 4);
  if (language.value !== 'en') {
    const [year, month, date] = day.split('-').map(Number);
    return `${otherYear ? `${year}年` : ''}${month}月${date}日`;
  }
  return new Intl.DateTimeFormat('en-GB', {
    month: 'short', day: 'numeric', timeZone: 'UTC', ...(otherYear ? { year: 'numeric' } : {}),
  }).format(new Date(`${day}T00:00:00Z`));
}

export function sayClock(at: number): string {
  return new Date(at + EIGHT_HOURS).toISOString().slice(11, 16);
}

/** 今天 09:30 · 11月20日 09:30 */
export function sayMoment(at: number): string {
  const day = dayOf(at);
  return `${day === today() ? t('day.today') : sayDay(day)} ${sayClock(at)}`;
}

/** 今天 · 明天 · 逾期 3 天 · 11月30日 */
export function sayDue(day: string): string {
  const left = daysBetween(today(), day);
  if (left < 0) return t('day.overdue', { n: -left });
  if (left === 0) return t('day.today');
  if (left === 1) return t('day.tomorrow');
  return sayDay(day);
}
