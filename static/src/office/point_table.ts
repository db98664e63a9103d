/** The list twin of the map: the points of one form as a table of coordinates, beside the text that is sent. */
import { readPoints, writePoints, written, type Point } from './map_frame';

export type Words = Readonly<Record<string, string>>;

export interface PointList {
  id: string;
  read: () => Point[];
  write: (points: Point[]) => void;
}

export const said = (words: Words, key: string, values: Record<string, string | number> = {}): string =>
  (words[key] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));

export function button(text: string, act: () => void, kind = 'button second'): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = kind;
  made.textContent = text;
  made.addEventListener('click', act);
  return made;
}

/** A table under the textarea of `field`; `changed` hears of every change, `draw` is asked for by its button. */
export function pointTable(field: HTMLElement, words: Words, changed: () => void, draw: (list: PointList) => void): PointList {
  const text = field.querySelector('textarea')!;
  const body = document.createElement('ol');
  body.className = 'points';
  const list: PointList = {
    id: field.dataset.points ?? '',
    read: () => readPoints(text.value),
    write: (points) => { text.value = writePoints(points); show(); changed(); },
  };
  const show = () => {
    const points = list.read();
    body.replaceChildren(...points.map((point, at) => row(point, at)));
  };
  const row = (point: Point, at: number): HTMLLIElement => {
    const line = document.createElement('li');
    const number = said(words, 'point', { n: at + 1 });
    const input = (name: 'lng' | 'lat') => {
      const made = document.createElement('input');
      made.type = 'text';
      made.inputMode = 'decimal';
      made.value = written(point[name]);
      made.setAttribute('aria-label', `${number} ${said(words, name)}`);
      made.addEventListener('change', () => {
        const value = Number(made.value), points = list.read();
        if (!Number.isFinite(value) || !points[at]) { made.value = written(point[name]); return; }
        points[at] = { ...points[at], [name]: value };
        list.write(points);
      });
      return made;
    };
    const remove = button(said(words, 'remove'), () => { const points = list.read(); points.splice(at, 1); list.write(points); });
    remove.setAttribute('aria-label', `${said(words, 'remove')} ${number}`);
    line.append(input('lng'), input('lat'), remove);
    return line;
  };
  text.addEventListener('input', () => { show(); changed(); });
  field.append(button(said(words, 'draw'), () => draw(list)), body);
  show();
  return list;
}
