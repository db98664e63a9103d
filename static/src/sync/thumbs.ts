/**
 * The small pictures of records that wait for this person's decision are fetched quietly when everything else has passed,
 * and dropped as soon as the record waits no longer or has left the scope. Never of what is told inside a team or under a
 * matter of class S: each look at those is noted, and this is none.
 */
import { dropThumbs, keepThumb, readThumbs } from '../store/thumbs';
import type { Thumbs as Kept } from '../store/thumbs';
import type { Row } from '../store/index';
import type { Session } from './session';

const MOST = 60;
/** nothing more is asked for from here on: with the last one, of 320 pixels, at most 3 MB */
const FULL_BYTES = 2_900_000;
/** with less than this left the phone's room is for the person's own work */
const SPARE_BYTES = 50_000_000;
/** in each cycle: the next pull is planned only afterwards */
const MOST_MS = 8000;
/** not before then again: a link on which not one came in that time, or what the server has not yet */
const LATER_MS = 600_000;
/** who decides what waits in which state */
const DECIDES: Record<string, string> = { waiting: 'grid_leader', disputed: 'grid_adviser' };

interface Named extends Row {
  grid_id?: string;
  team_id?: string;
  matter_code?: string;
  author_id?: string;
  photos?: { sha256: string; held?: boolean }[];
  body?: { relooks?: { photos?: string[] }[] };
}

export class Thumbs {
  private stand = '';
  /** what the server had not for us, and until when it is not asked for again in this page */
  private refused = new Map<string, number>();
  private rests_until = 0;
  private stopping = new AbortController();

  constructor(private session: Session) {}

  /** Something is to be sent or asked for that goes before pictures: the call that is under way ends now, the rest comes with a later cycle. */
  cut(): void {
    this.stopping.abort();
  }

  /** `mayFetch` false: what is not wanted any more goes all the same. */
  async step(mayFetch = true): Promise<void> {
    const { env } = this.session.store;
    this.stopping = new AbortController();
    const timer = env.setTimeout(() => this.cut(), MOST_MS);
    try {
      await this.change(mayFetch && env.now() >= this.rests_until, this.stopping.signal, env.now() + MOST_MS);
    } finally {
      env.clearTimeout(timer);
    }
  }

  private async change(mayFetch: boolean, stopped: AbortSignal, until: number): Promise<void> {
    const { store } = this.session;
    const now = store.env.now();
    const outbox = store.outbox_state;
    const stand = `${store.mirror.rev} ${outbox.meta.rev} ${store.session.scope_version}`;
    if (stand === this.stand || store.status().in_memory_only) return;
    const { wanted, promised } = await this.wanted();
    let is_first = true;
    let kept = await readThumbs(outbox);
    kept = await dropThumbs(outbox, kept, Object.keys(kept).filter((sha) => !wanted.includes(sha)));
    for (const sha of wanted) {
      if (kept[sha] !== undefined || now < (this.refused.get(sha) ?? 0)) continue;
      if (!this.hasRoom(kept)) break;
      if (!mayFetch || stopped.aborted || outbox.wifi.mustWait(sha)) return;
      const answer = await this.session.say({ method: 'GET', path: `/api/v1/photos/${sha}?size=thumb`, blob: true }, stopped);
      if (answer.kind === 'problem' && [403, 404].includes(answer.status)) this.refused.set(sha, answer.status === 403 || promised.has(sha) ? Infinity : now + LATER_MS);
      else if (answer.kind === 'ok' && answer.body instanceof Blob) kept = await keepThumb(outbox, kept, sha, new Uint8Array(await answer.body.arrayBuffer()), answer.body.type);
      else {
        if (is_first && store.env.now() >= until) this.rests_until = now + LATER_MS;
        return;
      }
      is_first = false;
    }
    this.stand = stand;
  }

  private hasRoom(kept: Kept): boolean {
    const { no_room, storage } = this.session.store.status();
    const used = Object.values(kept).reduce((sum, size) => sum + size, 0);
    return !no_room && used < FULL_BYTES && (!storage || storage.quota - storage.used > SPARE_BYTES) && !this.session.store.session.restricted;
  }

  /** Hashes of what this phone has not taken itself, of the newest records first; `promised`: the server says that it holds them. */
  private async wanted(): Promise<{ wanted: string[]; promised: Set<string> }> {
    const { store } = this.session;
    const { person, roles } = store.session;
    const asked: Named[] = [];
    const secret: Named[] = [];
    for (const [state, role] of Object.entries(DECIDES)) {
      const grids = new Set(roles.filter((held) => held.role === role).map((held) => held.grid_id));
      if (!grids.size) continue;
      const matters = await store.list('matter');
      const isOpen = (code: string) => matters.some((one) => one['code'] === code) && !matters.some((one) => one['code'] === code && one['data_class'] === 'S');
      for (const row of (await store.list('record', { state })) as unknown as Named[]) {
        if (row.team_id || (row.matter_code && !isOpen(row.matter_code))) secret.push(row);
        else if (row.author_id !== person.id && grids.has(row.grid_id)) asked.push(row);
      }
    }
    const hidden = new Set(secret.flatMap(hashesOf)); // the same picture in both: leave it
    const wanted = [...new Set(asked.flatMap(hashesOf))].filter((sha) => !hidden.has(sha) && !store.outbox_state.photos.has(sha)).slice(0, MOST);
    return { wanted, promised: new Set(asked.flatMap(heldOf)) };
  }
}

const heldOf = ({ photos }: Named): string[] => (photos ?? []).filter((photo) => photo.held !== false).map((photo) => photo.sha256);
/** A re-look does not say whether its pictures have come. */
function hashesOf(row: Named): string[] {
  return [...heldOf(row), ...(row.body?.relooks ?? []).flatMap((look) => look.photos ?? [])];
}
