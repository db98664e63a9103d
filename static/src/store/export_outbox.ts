/** What of the outbox goes into the sealed export: everything unsent, refused, deferred or in conflict, and its photos. */
import type { SessionInfo } from './api';
import { bodies } from './acts';
import { unlessSpoilt } from './codec';
import type { Outbox } from './outbox';
import { openPhoto } from './photos';
import { sealExport } from './sealed_export';
import type { ExportedPhoto } from './sealed_export';

export async function exportOutbox(outbox: Outbox, session: SessionInfo): Promise<Blob> {
  const open = [...outbox.heads.values()].filter((head) => !head.closed);
  const heads = open.filter((head) => head.state !== 'applied');
  heads.sort((a, b) => (a.lane === b.lane ? a.seq - b.seq : a.lane === 'urgent' ? -1 : 1));
  const sent = await bodies(outbox, heads);
  const mutations = heads.flatMap(({ lane, seq, id }, at) => (sent[at] ? { lane, seq, id, ...sent[at] } : []));
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
