/**
 * What one open person's database holds, read from the disk and not from memory: the outbox, holds, photos, what the
 * engine remembers, and every row of the mirror in clear. Receipts are checked by the shipped function.
 */
const stateless = ({ box: _box, outcome: _outcome, ...head }) => head;

/** Of the other side of a conflict, its id, if more than the names in question are kept. */
const shownRow = (row) => (row && Object.keys(row).some((name) => !['id', 'version', 'fields'].includes(name)) ? row.id : undefined);

/** `known`: number of receipts that were checked at an earlier look; only newer ones are checked again. */
export async function look(tab, browser, room, known) {
  const { store, engine } = tab;
  const { db, codec } = store.room;
  const rows = await db.read(['meta', 'outbox', 'holds', 'own', 'photos', 'photo_states', 'page_index', 'pages', 'receipts'], async (tx) => {
    const [outbox, holds, own, photos, states, index, pages, receipts, meta, sync] = await Promise.all([
      tx.all('outbox'), tx.all('holds'), tx.all('own'), tx.all('photos'), tx.all('photo_states'), tx.all('page_index'),
      tx.all('pages'), tx.all('receipts'), tx.get('meta', 'outbox'), tx.get('meta', 'sync'),
    ]);
    return { outbox, holds, own, photos, states, index, pages, receipts, meta, sync };
  });
  const sync = rows.sync ? await codec.open('meta/sync', rows.sync.box) : null;
  const heads = [];
  for (const row of rows.outbox) {
    const outcome = row.outcome ? await codec.open(`outcome/${row.id}`, row.outcome) : undefined;
    heads.push({ ...stateless(row), outcome: outcome?.outcome, code: outcome?.problem?.code, receipt: outcome?.receipt, server: shownRow(outcome?.server) });
  }
  const memory = [...store.outbox_state.heads.values()].map(({ id, seq, state }) => `${id} ${seq} ${state}`).sort();
  const disk = rows.outbox.map(({ id, seq, state }) => `${id} ${seq} ${state}`).sort();
  return {
    person: store.session.person.id,
    meta: rows.meta,
    epoch: store.session.epoch,
    restricted: store.session.restricted,
    status: store.status(),
    is_running: Boolean(engine.running),
    last_error: engine.last_error ? String(engine.last_error?.stack ?? engine.last_error).slice(0, 800) : null,
    heads,
    holds: rows.holds.map(({ id }) => id),
    own: rows.own.map(({ id, kind, object }) => ({ id, kind, object })),
    photos: rows.photos.map(({ sha256 }) => sha256),
    photo_states: rows.states.map(({ sha256, state }) => ({ sha256, state })),
    sync: sync && { counters: sync.counters, revoked: sync.revoked, cursor: sync.cursor, epoch: sync.epoch, rereading: sync.rereading },
    memory_is_disk: memory.join() === disk.join(),
    bad_receipts: await badReceipts(store, room, heads, known),
    mirror: await mirror(rows, codec),
  };
}

async function badReceipts(store, room, heads, known) {
  const bad = [];
  for (const { id, receipt } of heads) {
    if (!receipt || receipt.at < known) continue;
    if (!(await room.receiptHolds(store.env, store.session.receipt_keys, id, receipt))) bad.push(id);
  }
  return bad;
}

async function mirror({ index, pages }, codec) {
  const boxes = new Map(pages.map(({ page, box }) => [page, box]));
  const found = [];
  for (const { page, stream, kind, ids } of index) {
    const rows = await codec.open(`page/${page}`, boxes.get(page));
    if (ids !== rows.map((row) => row.id).join('\n')) throw new Error(`index and page ${page} differ`);
    found.push({ stream, kind, rows });
  }
  return found;
}
