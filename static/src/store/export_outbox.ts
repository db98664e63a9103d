/** What of the outbox goes into the sealed export: all that is queued, without a hole, what is refused, deferred or in conflict, and the photos. */
import type { SessionInfo } from './api';
import { bodies, wireOf } from './acts';
import type { Moment } from './acts';
import { unlessSpoilt } from './codec';
import type { Outbox } from './outbox';
import { openPhoto } from './photos';
import { sealExport } from './sealed_export';
import type { ExportedPhoto } from './sealed_export';

export async function exportOutbox(outbox: Outbox, session: SessionInfo, moment: Moment): Promise<Blob> {
  const open = [...outbox.heads.values()].filter((head) => !head.closed);
  const kept = [...outbox.kept('urgent'), ...outbox.kept('normal')]; // what an earlier device sent the server has
  const heads = kept.filter((head) => head.state === 'queued' || (head.state !== 'applied' && !head.closed));
  const sent = await bodies(outbox, heads);
  const mutations = heads.map((head, at) => wireOf(head, sent[at], moment));
  const wanted = new Set(open.flatMap((head) => head.photos).filter((sha) => outbox.photos.get(sha)?.state !== 'held'));
  const photos: ExportedPhoto[] = [];
  for (const sha256 of wanted) {
    const photo = await unlessSpoilt(openPhoto(outbox, sha256));
    if (photo) photos.push({ sha256, ...photo });
  }
  const head = { person: session.person.id, device_id: outbox.meta.device, mutations };
  const file = await sealExport(outbox.room.env, session.sealing_key, head, photos);
  return new Blob([file], { type: 'application/octet-stream' });
}
