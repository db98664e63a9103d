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
  /** the server had none for us: not asked for again in this page */
  private refused = new Set<string>();

  constructor(private session: Session) {}

  /** `mayGoOn`: false once something waits that goes before pictures. */
  async step(mayGoOn: () => boolean): Promise<void> {
    const { store } = this.session;
    const outbox = store.outbox_state;
    const stand = `${store.mirror.rev} ${outbox.meta.rev} ${store.session.scope_version}`;
    if (stand === this.stand || store.status().in_memory_only) return;
    const wanted = await this.wanted();
    let kept = await readThumbs(outbox);
    kept = await dropThumbs(outbox, kept, Object.keys(kept).filter((sha) => !wanted.includes(sha)));
    for (const sha of wanted) {
      if (kept[sha] !== undefined || this.refused.has(sha)) continue;
      if (!this.hasRoom(kept)) break;
      if (!mayGoOn() || outbox.wifi.mustWait(sha)) return;
      const answer = await this.session.say({ method: 'GET', path: `/api/v1/photos/${sha}?size=thumb`, blob: true });
      if (answer.kind === 'problem') this.refused.add(sha);
      else if (answer.kind !== 'ok' || !(answer.body instanceof Blob)) return;
      else kept = await keepThumb(outbox, kept, sha, new Uint8Array(await answer.body.arrayBuffer()), answer.body.type);
    }
    this.stand = stand;
  }

  private hasRoom(kept: Kept): boolean {
    const { no_room, storage } = this.session.store.status();
    const used = Object.values(kept).reduce((sum, size) => sum + size, 0);
    return !no_room && used < FULL_BYTES && (!storage || storage.quota - storage.used > SPARE_BYTES) && !this.session.store.session.restricted;
  }

  /** Hashes of what the server holds and this phone has not taken itself, of the newest records first. */
  private async wanted(): Promise<string[]> {
    const { store } = this.session;
    const { person, roles } = store.session;
    const asked: Named[] = [];
    const secret: Named[] = [];
    for (const [state, role] of Object.entries(DECIDES)) {
      const grids = new Set(roles.filter((held) => held.role === role).map((held) => held.grid_id));
      if (!grids.size) continue;
      const sensitive = new Set((await store.list('matter')).filter((matter) => matter['data_class'] === 'S').map((matter) => matter['code']));
      for (const row of (await store.list('record', { state })) as unknown as Named[]) {
        if (row.team_id || sensitive.has(row.matter_code)) secret.push(row);
        else if (row.author_id !== person.id && grids.has(row.grid_id)) asked.push(row);
      }
    }
    const hidden = new Set(secret.flatMap(hashesOf)); // the same picture in both: leave it
    return [...new Set(asked.flatMap(hashesOf))].filter((sha) => !hidden.has(sha) && !store.outbox_state.photos.has(sha)).slice(0, MOST);
  }
}

function hashesOf({ photos, body }: Named): string[] {
  const own = (photos ?? []).filter((photo) => photo.held !== false).map((photo) => photo.sha256);
  return [...own, ...(body?.relooks ?? []).flatMap((look) => look.photos ?? [])];
}
