/**
 * 地图, for worker and leader: the grids and micro-grids as outlines, check points looked at today, open hazards by the shape
 * of their severity; and the same as a list. Never a person, but for this phone's own dot, on this page, after a tap.
 */
import { useState } from 'preact/hooks';
import { Drawing } from '../maps/drawing';
import { frameAround } from '../maps/projection';
import type { Scene } from '../maps/scene';
import { TileView } from '../maps/tile_view';
import { gridsOf } from '../records/roles';
import { useLive, useStore } from '../records/store_context';
import type { MapSource } from '../store/api';
import { say } from '../text/maps';
import { OneOf } from '../ui/chips';
import { GridFilter } from './leader/grid_filter';
import { Legend } from './map_legend';
import { MapList } from './map_list';
import { OwnDot, type OwnFix } from './map_own';
import { MAP_KINDS, readMap, sceneOf, seenIn } from './map_rows';

type View = 'map' | 'list';

export default function GridMap() {
  const { session } = useStore();
  const mine = gridsOf(session);
  const [only, setOnly] = useState<string>();
  const [view, setView] = useState<View>('map');
  const [own, setOwn] = useState<OwnFix>();
  const known = useLive(readMap, MAP_KINDS);
  if (!known) return null;
  const seen = seenIn(known, only ? [only] : mine);
  const { points, hazards } = seen;
  const done = points.filter((place) => known.done.has(place.id)).length;
  const scene = { ...sceneOf(seen, known), own: own && { at: own, accuracy_m: own.accuracy_m } };
  return (
    <>
      <GridFilter value={only} onPick={setOnly} />
      <div class="months">
        <div><div class="number">{done}/{points.length}</div><div class="quiet">{say('map.points_done')}</div></div>
        <div><div class="number">{hazards.length}</div><div class="quiet">{say('map.hazards_open')}</div></div>
        <div><div class="number">{hazards.filter((record) => record.body.severity === 'major').length}</div><div class="quiet">{say('map.of_them_major')}</div></div>
      </div>
      <OneOf<View> label={say('map.view')} layout="halves" value={view} onPick={(chosen) => chosen && setView(chosen)} choices={(['map', 'list'] as const).map((value) => ({ value, label: say(`map.as_${value}`), testid: `map-as-${value}` }))} />
      {view === 'list' ? <MapList seen={seen} known={known} /> : (
        <section class="card">
          <Picture source={session.policy.map} scene={scene} label={say('map.label', { done, points: points.length, hazards: hazards.length })} />
          <OwnDot own={own} onFix={setOwn} grounds={scene.grounds} />
          <Legend />
        </section>
      )}
    </>
  );
}

function Picture({ source, scene, label }: { source: MapSource | null | undefined; scene: Scene; label: string }) {
  const frame = frameAround(scene.grounds.flat());
  if (!frame) return <p class="quiet" role="status">{say('map.no_outline')}</p>;
  const drawing = <Drawing still frame={frame} scene={scene} label={label} />;
  return source ? <TileView source={source} scene={scene} label={label}>{drawing}</TileView> : drawing;
}
