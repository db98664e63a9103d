/** A scene drawn without tiles: outlines, marks, this phone's own dot. No server, works in a cellar. */
import type { ComponentChildren } from 'preact';
import { MarkShape } from './marks';
import { Outline } from './outline';
import type { Frame } from './projection';
import type { Around, Mark, Scene } from './scene';

const REACH = 30; // drawn at 360 px in large text, a mark is still hit within 48 px
const LEAST_AROUND = 4, MOST_AROUND = 160;

export function Drawing({ scene, frame, label, still, children }: { scene: Scene; frame: Frame; label: string; still?: boolean; children?: ComponentChildren }) {
  return (
    <Outline still={!!still} frame={frame} grounds={scene.grounds} borders={scene.borders ?? []} label={label}>
      {scene.around && <Exactness around={scene.around} frame={frame} />}
      {scene.marks?.map((mark) => <Drawn key={mark.id} mark={mark} frame={frame} />)}
      {scene.own && <g data-testid="own-dot"><Exactness around={scene.own} frame={frame} /><circle class="own-dot" cx={frame.x(scene.own.at.lng)} cy={frame.y(scene.own.at.lat)} r={9} /></g>}
      {children}
    </Outline>
  );
}

function Exactness({ around, frame }: { around: Around; frame: Frame }) {
  return <circle class="around" cx={frame.x(around.at.lng)} cy={frame.y(around.at.lat)} r={Math.min(Math.max(around.accuracy_m * frame.scale, LEAST_AROUND), MOST_AROUND)} />;
}

function Drawn({ mark, frame }: { mark: Mark; frame: Frame }) {
  const x = frame.x(mark.at.lng), y = frame.y(mark.at.lat);
  const shape = <MarkShape kind={mark.kind} x={x} y={y} />;
  return mark.open ? <g onClick={mark.open}><circle cx={x} cy={y} r={REACH} fill="transparent" />{shape}</g> : shape;
}
