/** 查验同事: what a colleague's larger code says, judged on this phone by the revocations of its last contact. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { judge, type Verdict } from '../../records/badge_codes';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { b } from '../../text/badges';
import { dayOf, sayDay, sayMoment } from '../../text/days';
import { word } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';
import { NoteLine } from '../../ui/tag';
import { dress } from './dress';

interface Detector { detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]> }
const LOOK_MS = 300;

export default function CheckColleague({ scanned }: { scanned?: string | undefined }) {
  dress();
  const store = useStore();
  const [words, setWords] = useState(scanned ?? '');
  const [asked, setAsked] = useState(scanned ?? '');
  const verdict = useLive<Verdict | undefined>(async (s) => {
    if (!asked) return undefined;
    const ended = new Set((await s.list('badge_end')).map((row) => String(row.number)));
    const { receipt_keys, person } = s.session, now = Date.now() + s.clock_skew_ms;
    return judge(asked, { keys: receipt_keys, ended, county: person.county_code, now, today: dayOf(now) });
  }, ['badge_end'], [asked]);
  const contact = store.status().last_contact;
  const take = (found: string) => { setWords(found); setAsked(found); };
  return (
    <>
      <Button kind="bare" icon="back" style="align-self:flex-start" onTap={() => go('/me/badge')}>{b('back')}</Button>
      <h2>{b('check')}</h2>
      <p>{b('check_hint')}</p>
      {verdict && <Said verdict={verdict} />}
      <p class="quiet">{contact ? b('as_of', { when: sayMoment(contact) }) : b('as_of_never')}</p>
      <Scanner onFound={take} />
      <div class="field">
        <label for="badge-words">{b('paste')}</label>
        <textarea id="badge-words" class="input" data-testid="badge-words" value={words} onInput={(event) => setWords(event.currentTarget.value)} autocomplete="off" spellcheck={false} />
        <Button kind="primary" data-testid="badge-judge" onTap={() => setAsked(words)}>{b('judge')}</Button>
      </div>
    </>
  );
}

function Said({ verdict }: { verdict: Verdict }) {
  const { answer } = verdict;
  if (answer === 'unreadable' || answer === 'unknown_key') return <div data-testid="badge-verdict" data-answer={answer}><NoteLine tone="wait" icon="information" role="status"><p>{b(answer)}</p></NoteLine></div>;
  const face = 'face' in verdict ? verdict.face : undefined;
  const looks = { valid: ['ok', 'approve'], refresh: ['wait', 'hazards'], invalid: ['stop', 'refused'] } as const;
  const [tone, icon] = looks[answer];
  return (
    <div class="badge-verdict" data-testid="badge-verdict" data-answer={answer}>
      <NoteLine tone={tone} icon={icon} role="status"><p style="font-size:var(--text-l);font-weight:600">{b(answer)}</p></NoteLine>
      {face && (
        <div class="card">
          <p class="strong" style="font-size:var(--text-l)"><Zh>{face.name}</Zh></p>
          <p>{word('role', face.role)} · <Zh>{face.grids}</Zh></p>
          <p>{b('number')} {face.number}</p>
          <p>{b('until')} {sayDay(face.last_day)}</p>
          <p>{b('face_hint')}</p>
          {'elsewhere' in verdict && verdict.elsewhere && <NoteLine tone="wait" icon="information"><p>{b('elsewhere')}</p></NoteLine>}
        </div>
      )}
    </div>
  );
}

/** Where the browser reads codes by itself; elsewhere the phone's own camera opens this page. */
function Scanner({ onFound }: { onFound: (words: string) => void }) {
  const [on, setOn] = useState(false);
  const [failed, setFailed] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!on) return undefined;
    let alive = true, stream: MediaStream | undefined;
    const look = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (!alive || !video.current) { stream.getTracks().forEach((track) => track.stop()); return; }
      video.current.srcObject = stream;
      await video.current.play();
      const detector = new (detectorOf()!)({ formats: ['qr_code'] });
      while (alive) {
        const [found] = await detector.detect(video.current).catch(() => []);
        if (found && alive) { onFound(found.rawValue); setOn(false); return; }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    };
    look().catch(() => { if (alive) { setFailed(true); setOn(false); } });
    return () => { alive = false; stream?.getTracks().forEach((track) => track.stop()); };
  }, [on]);
  if (!detectorOf() || !navigator.mediaDevices) return <p class="quiet">{b('no_detector')}</p>;
  return (
    <>
      {on && <video ref={video} class="badge-camera" muted playsInline aria-label={b('scan')} />}
      {failed && <NoteLine tone="wait" icon="camera" role="alert"><p>{b('no_camera')}</p></NoteLine>}
      <Button wide icon="camera" data-testid="badge-scan" onTap={() => { setFailed(false); setOn(!on); }}>{b(on ? 'stop' : 'scan')}</Button>
    </>
  );
}

function detectorOf(): (new (options: { formats: string[] }) => Detector) | undefined {
  return (window as { BarcodeDetector?: new (options: { formats: string[] }) => Detector }).BarcodeDetector;
}
