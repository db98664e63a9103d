/**
 * The map over tiles: Leaflet, fetched when a map is first opened and kept then. Coordinates come in and go out as WGS-84;
 * a picture drawn in GCJ-02 shifts what lies on it, here and nowhere else.
 */
import * as L from 'leaflet/dist/leaflet-src.esm.js';
import library from 'leaflet/dist/leaflet.css';
import type { MapSource } from '../store/api';
import { fromGcj02, toGcj02 } from './gcj02';
import type { LngLat, Ring } from './projection';
import type { Around, Mark, Scene } from './scene';
import own from './tiles.css';

export interface TileWishes {
  source: MapSource;
  words: { closer: string; farther: string };
  /** Draws a mark or the pin (`undefined`) in a box of 48 px. */
  draw: (mark: Mark | undefined) => HTMLElement;
  /** A place was chosen; without it the map is for looking only. */
  onPick?: ((at: LngLat) => void) | undefined;
  /** Whether any tile of what is in view could be shown. */
  onPicture: (isThere: boolean) => void;
}
export interface TileMap {
  show: (scene: Scene) => void;
  end: () => void;
}

const MARK: L.PointExpression = [48, 48];
const MIDDLE: L.PointExpression = [24, 24];
const GRIP: L.PointExpression = [60, 60];
const TIP: L.PointExpression = [30, 45]; // where in its box the pin's point stands
const ABOVE = 1000, ON_TOP = 1_000_000; // more than the height of a map in pixels, by which the library puts what is lower in front
const EDGE = { padding: [16, 16] as L.PointTuple };

/** One sheet for the page, by the object model: the page's policy lets no style stand in a document. */
let sheet: CSSStyleSheet | undefined;
function dress(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(library + own);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

export function openTiles(box: HTMLElement, wishes: TileWishes): TileMap {
  const { source, onPick } = wishes;
  dress();
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(box, {
    attributionControl: false, zoomControl: false, scrollWheelZoom: false, maxZoom: source.deepest + 1,
    zoomAnimation: false, // a timer of its own would come after the screen was left, to a map that is gone
    fadeAnimation: !still, inertia: !still,
    // in a form one finger scrolls the page and arrows move the pin
    dragging: !onPick || !L.Browser.mobile, keyboard: !onPick, boxZoom: false, doubleClickZoom: !onPick,
  });
  L.control.zoom({ zoomInTitle: wishes.words.closer, zoomOutTitle: wishes.words.farther }).addTo(map);
  const layers = source.tiles.map((template) => tilesOf(template, source).addTo(map));
  watchPicture(layers[0]!, wishes.onPicture);
  const again = () => { for (const layer of layers) layer.redraw(); };
  addEventListener('online', again);
  if (onPick) map.on('click', ({ latlng }) => onPick(measured(latlng)));
  const things = L.layerGroup().addTo(map);
  let fitted = '', found = '';

  function show(scene: Scene): void {
    const bounds = boundsOf(scene);
    if (bounds && bounds.toBBoxString() !== fitted) { fitted = bounds.toBBoxString(); map.fitBounds(bounds, { ...EDGE, animate: false }); }
    things.clearLayers();
    for (const rings of scene.borders ?? []) area(rings, 'border').addTo(things);
    for (const rings of scene.grounds) { area(rings, 'casing').addTo(things); area(rings, 'ground').addTo(things); }
    if (scene.around) circle(scene.around).addTo(things);
    scene.marks?.forEach((mark, place) => markOf(mark, place).addTo(things));
    if (scene.own) showOwn(scene.own);
    if (scene.pin) pinAt(scene.pin).addTo(things);
  }
  function showOwn(dot: Around): void {
    circle(dot).addTo(things);
    L.circleMarker(drawn(dot.at), { className: 'own-dot', radius: 9, interactive: false, pane: 'tooltipPane' }).addTo(things);
    const where = JSON.stringify(dot);
    if (where !== found) map.panTo(drawn(dot.at), { animate: !still });
    found = where;
  }
  function markOf(mark: Mark, place: number): L.Marker {
    const open = mark.open, above = place * ABOVE;
    const marker = L.marker(drawn(mark.at), { icon: L.divIcon({ className: 'tile-mark', iconSize: MARK, iconAnchor: MIDDLE, html: wishes.draw(mark) }), interactive: !!open, keyboard: !!open, zIndexOffset: above });
    marker.on('add', () => {
      const el = marker.getElement()!;
      el.dataset.mark = mark.kind;
      if (!open) { el.setAttribute('aria-hidden', 'true'); return; }
      el.setAttribute('aria-label', mark.name);
      el.addEventListener('focus', () => marker.setZIndexOffset(ON_TOP)); // seen, among marks that lie on one another
      el.addEventListener('blur', () => marker.setZIndexOffset(above));
    });
    return open ? marker.on('click', open) : marker;
  }
  function pinAt(at: LngLat): L.Marker {
    const icon = L.divIcon({ className: 'tile-pin tile-mark', iconSize: GRIP, iconAnchor: TIP, html: wishes.draw(undefined) });
    const pin = L.marker(drawn(at), { icon, draggable: !!onPick, keyboard: false, interactive: !!onPick });
    return onPick ? pin.on('dragend', () => onPick(measured(pin.getLatLng()))) : pin;
  }
  const area = (rings: Ring[], className: string) => L.polygon(rings.map((ring) => ring.map(([lng, lat]) => drawn({ lng, lat }))), { className, interactive: false, fill: false });
  const circle = ({ at, accuracy_m }: Around) => L.circle(drawn(at), { className: 'around', radius: Math.min(accuracy_m, 2000), interactive: false });
  const drawn = (at: LngLat): L.LatLngTuple => { const { lng, lat } = source.gcj02 ? toGcj02(at) : at; return [lat, lng]; };
  const measured = ({ lng, lat }: LngLat): LngLat => (source.gcj02 ? fromGcj02({ lng, lat }) : { lng, lat });
  function boundsOf(scene: Scene): L.LatLngBounds | undefined {
    const points = scene.grounds.flat(2).map(([lng, lat]) => drawn({ lng, lat }));
    return points.length ? L.latLngBounds(points) : undefined;
  }
  return { show, end: () => { removeEventListener('online', again); map.remove(); } };
}

/** The source hears which site asks (a key may be bound to it), and nothing else of the page. */
function tilesOf(template: string, source: MapSource): L.TileLayer {
  return L.tileLayer(template, { maxNativeZoom: source.deepest, maxZoom: source.deepest + 1, referrerPolicy: 'strict-origin', updateWhenIdle: true });
}

function watchPicture(layer: L.TileLayer, tell: (isThere: boolean) => void): void {
  let came = 0, failed = 0;
  layer.on('loading', () => { came = failed = 0; });
  layer.on('tileload', () => { came++; });
  layer.on('tileerror', () => { failed++; });
  layer.on('load', () => { if (came || failed) tell(came > 0); });
}
