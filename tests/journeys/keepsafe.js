// What lies in this phone's database, opened with the phone's own key, as the app itself would open it.
// Answers {acts: [{id, lane, seq, state, name, version, payload, outcome?: {outcome, receipt?, problem?}, photos: [sha256]}],
// records: the rows of the feed as this phone holds them, without its own unsent changes}.
async (username) => {
  const answer = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });
  const all = (database, table) => answer(database.transaction(table).objectStore(table).getAll());
  const open = async (key, place, box) => {
    const additionalData = new TextEncoder().encode(place);
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.subarray(0, 12), additionalData }, key, box.subarray(12));
    return JSON.parse(new TextDecoder().decode(plain));
  };
  const phone = await answer(indexedDB.open('gridwalk-phone'));
  const own = (await all(phone, 'phone')).find((row) => row.name === 'key').value;
  for (const person of await all(phone, 'people')) {
    const session = await open(own, `person/${person.id}`, person.box);
    if (session.person.username !== username) continue;
    const database = await answer(indexedDB.open(`gridwalk-${person.id}`));
    const rows = await all(database, 'outbox');
    const mutations = await Promise.all(rows.map(async (row) => {
      const { name, version, payload } = await open(person.key, `act/${row.id}`, row.box);
      const outcome = row.outcome ? await open(person.key, `outcome/${row.id}`, row.outcome) : undefined;
      return { id: row.id, lane: row.lane, seq: row.seq, state: row.state, photos: row.photos, name, version, payload, outcome };
    }));
    const places = (await all(database, 'page_index')).filter((page) => page.kind === 'record').map((page) => page.page);
    const pages = (await all(database, 'pages')).filter((page) => places.includes(page.page));
    const records = (await Promise.all(pages.map((page) => open(person.key, `page/${page.page}`, page.box)))).flat();
    database.close();
    phone.close();
    return { acts: mutations.sort((a, b) => a.seq - b.seq), records };
  }
  phone.close();
  return { acts: [], records: [] };
}
