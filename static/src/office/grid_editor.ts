/**
 * The map of a draft of borders becomes something to draw on. Everything it does ends as lines of coordinates in the form
 * that is sent: without this script the page does the same by typing them (templates/office/grid_draft.html).
 *
 * While drawing: a click adds a point, a point is dragged, the ground is dragged when enlarged. With keys: arrows move the
 * cursor, Enter adds a point, Backspace takes the last away, Escape ends. Points near a corner of a border are put on it.
 */
import { cornersOf, frameOf, onCorner, written, type Spot } from './map_frame';
import { button, pointTable, said, type PointList, type Words } from './point_table';

const SVG = 'http://www.w3.org/2000/svg';
const NEAR_PX = 12, STEP_PX = 8, MANY = 5, CLICK_PX = 5, ZOOM = 1.6, LARGEST = 40;

function start(svg: SVGSVGElement, words: Words): void {
  const number = (name: string) => Number(svg.dataset[name]);
  const frame = frameOf(number('west'), number('north'), number('perX'), number('perY'));
  const [, , fullWidth = 1, fullHeight = 1] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number);
  const corners = [...svg.querySelectorAll('path[data-area], path.beside')].flatMap((path) => cornersOf(path.getAttribute('d') ?? ''));
  const view = { x: 0, y: 0, zoom: 1 };
  const label = svg.getAttribute('aria-label') ?? '';
  let active: PointList | undefined;
  let listening: AbortController | undefined;
  let cursor: Spot = { x: fullWidth / 2, y: fullHeight / 2 };

  const layer = svg.appendChild(document.createElementNS(SVG, 'g'));
  layer.setAttribute('class', 'drawn');
  const bar = document.createElement('div');
  bar.className = 'choices map-tools';
  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  status.className = 'quiet';

  /** drawing steps of one pixel on the screen */
  const perPixel = () => 1 / (svg.getScreenCTM()?.a || 1);
  const spotOf = (event: PointerEvent): Spot => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()!.inverse());
    return { x: at.x, y: at.y };
  };

  const look = () => {
    const width = fullWidth / view.zoom, height = fullHeight / view.zoom;
    view.x = Math.min(Math.max(view.x, 0), fullWidth - width);
    view.y = Math.min(Math.max(view.y, 0), fullHeight - height);
    svg.setAttribute('viewBox', `${view.x} ${view.y} ${width} ${height}`);
    show();
  };
  const zoom = (by: number) => {
    const middle = active ? cursor : { x: view.x + fullWidth / view.zoom / 2, y: view.y + fullHeight / view.zoom / 2 };
    view.zoom = Math.min(Math.max(view.zoom * by, 1), LARGEST);
    view.x = middle.x - fullWidth / view.zoom / 2;
    view.y = middle.y - fullHeight / view.zoom / 2;
    look();
  };
  const pan = (x: number, y: number) => { view.x += (x * fullWidth) / view.zoom / 4; view.y += (y * fullHeight) / view.zoom / 4; look(); };

  const shape = (name: string, values: Record<string, string | number>) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, String(value));
    return made;
  };
  const show = () => {
    const points = (active?.read() ?? []).map(frame.toSpot), px = perPixel();
    const line = points.map(({ x, y }) => `${x},${y}`).join(' ');
    const isRing = active && active.id !== 'split' && points.length > 2;
    layer.replaceChildren(
      ...(line ? [shape(isRing ? 'polygon' : 'polyline', { points: line, class: 'told' })] : []),
      ...points.map(({ x, y }, at) => shape('circle', { cx: x, cy: y, r: 9 * px, 'data-point': at })),
      ...(active ? [shape('path', { class: 'cursor', d: `M${cursor.x - 14 * px} ${cursor.y}h${28 * px}M${cursor.x} ${cursor.y - 14 * px}v${28 * px}` })] : []),
    );
    if (active) {
      const at = frame.toPoint(cursor);
      status.textContent = `${said(words, 'at', { lng: written(at.lng), lat: written(at.lat) })} · ${said(words, 'count', { n: points.length })}`;
    }
  };

  const add = (spot: Spot) => {
    if (!active) return;
    cursor = onCorner(spot, corners, NEAR_PX * perPixel());
    active.write([...active.read(), frame.toPoint(cursor)]);
  };
  const back = () => active?.write(active.read().slice(0, -1));
  const held: { point?: number; from?: Spot; view?: Spot; wide?: boolean } = {};
  const hold = (event: PointerEvent) => {
    if (event.button) return;
    const point = (event.target as Element).getAttribute('data-point');
    Object.assign(held, { point: point === null ? undefined : Number(point), from: { x: event.clientX, y: event.clientY }, view: { x: view.x, y: view.y }, wide: false });
    svg.setPointerCapture(event.pointerId);
  };
  const drag = (event: PointerEvent) => {
    if (!held.from) return;
    const x = event.clientX - held.from.x, y = event.clientY - held.from.y;
    if (Math.hypot(x, y) > CLICK_PX) held.wide = true;
    if (!held.wide) return;
    if (held.point !== undefined && active) {
      const points = active.read();
      cursor = onCorner(spotOf(event), corners, NEAR_PX * perPixel());
      points[held.point] = frame.toPoint(cursor);
      active.write(points);
    } else if (view.zoom > 1 && held.view) {
      const px = perPixel();
      view.x = held.view.x - x * px;
      view.y = held.view.y - y * px;
      look();
    }
  };
  const release = (event: PointerEvent) => {
    const isClick = held.from && !held.wide && event.type === 'pointerup';
    if (isClick && held.point === undefined) add(spotOf(event));
    delete held.from;
    delete held.point;
  };

  const press = (event: KeyboardEvent) => {
    if (!active) return;
    const step = STEP_PX * perPixel() * (event.shiftKey ? MANY : 1);
    const moves: Record<string, Spot> = { ArrowLeft: { x: -step, y: 0 }, ArrowRight: { x: step, y: 0 }, ArrowUp: { x: 0, y: -step }, ArrowDown: { x: 0, y: step } };
    const move = moves[event.key];
    if (move) cursor = { x: Math.min(Math.max(cursor.x + move.x, 0), fullWidth), y: Math.min(Math.max(cursor.y + move.y, 0), fullHeight) };
    else if (event.key === 'Enter') add(cursor);
    else if (event.key === 'Backspace') back();
    else if (event.key === 'Escape') stop();
    else return;
    event.preventDefault();
    show();
  };

  const stop = () => {
    active = undefined;
    listening?.abort();
    for (const name of ['tabindex', 'aria-describedby']) svg.removeAttribute(name);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    status.textContent = '';
    tools();
    bar.querySelector('button')?.focus();
    show();
  };
  const draw = (list: PointList) => {
    active = list;
    listening?.abort();
    listening = new AbortController();
    const { signal } = listening;
    svg.addEventListener('pointerdown', hold, { signal });
    svg.addEventListener('pointermove', drag, { signal });
    for (const end of ['pointerup', 'pointercancel'] as const) svg.addEventListener(end, release, { signal });
    svg.addEventListener('keydown', press, { signal });
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('role', 'application');
    svg.setAttribute('aria-label', said(words, 'label'));
    svg.setAttribute('aria-describedby', 'editor-how');
    tools();
    show();
    svg.scrollIntoView({ block: 'center' });
    svg.focus();
  };
  const tools = () => {
    const how = document.createElement('p');
    how.id = 'editor-how';
    how.textContent = said(words, 'how');
    const drawing = active ? [button(said(words, 'stop'), stop, 'button'), button(said(words, 'back'), back)] : [];
    const ways: [string, () => void][] = [
      ['larger', () => zoom(ZOOM)], ['smaller', () => zoom(1 / ZOOM)],
      ['left', () => pan(-1, 0)], ['right', () => pan(1, 0)], ['up', () => pan(0, -1)], ['down', () => pan(0, 1)],
    ];
    bar.replaceChildren(...(active ? [how] : []), ...drawing, ...ways.map(([key, act]) => button(said(words, key), act)));
  };

  /** What a form names is marked on the map. */
  const mark = () => {
    const named = new Set([...document.querySelectorAll<HTMLSelectElement>('details[open] form select')].map((one) => one.value));
    for (const path of svg.querySelectorAll('path[data-area]')) path.classList.toggle('picked', named.has(path.getAttribute('data-area') ?? ''));
  };
  for (const details of document.querySelectorAll('details')) details.addEventListener('toggle', mark);
  document.addEventListener('change', mark);

  svg.parentElement!.append(bar, status);
  for (const field of document.querySelectorAll<HTMLElement>('[data-points]')) pointTable(field, words, show, draw);
  tools();
  mark();
}

const svg = document.querySelector<SVGSVGElement>('[data-editor] svg.border-map');
const words = document.getElementById('editor-words')?.dataset as Words | undefined;
if (svg && words) start(svg, words);
