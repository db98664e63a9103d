/** Somebody new signs in on this phone in two tabs at the same moment: one key, and nothing that either saved is lost. */
import { expect, it } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import { Browser, World, settle } from '../phone_env';
import { FakeServer, PERSON } from '../sync/fake_server';

const act = (id: string) => ({ name: 'hazards.report', payload: { id }, shows: { kind: 'record', row: { id } } });

for (const lag of [0, 1, 2, 4, 8, 16, 32]) {
  it(`with ${lag} turns between them`, async () => {
    const world = new World();
    const browser = new Browser(world);
    const server = new FakeServer(() => world.now);
    browser.fetch = server.fetch;
    const boot = () => Object.assign(createPhone(browser.env()), { manual: true });
    const enter = async (turns: number) => {
      await settle(turns);
      const opened = await boot().signIn('worker', 'secret');
      if ('problem' in opened) throw new Error(opened.problem.code);
      return opened.store.act(act(`after ${turns}`));
    };
    let is_over = false;
    const both = Promise.all([enter(0), enter(lag)]).finally(() => (is_over = true));
    while (!is_over) await world.pass(100); // making a key takes a slow machine as long as it takes
    for (const saved of await both) expect(saved).toMatchObject({ saved: true });
    browser.kill();
    const phone = boot();
    const store = await phone.resume();
    expect(store?.session.person.id).toBe(PERSON);
    expect(await store!.outbox()).toHaveLength(2);
    expect((await store!.outbox()).map((item) => item.name)).toEqual(['hazards.report', 'hazards.report']);
    await phone.engine!.runOnce();
    expect(server.applied).toHaveLength(2);
  });
}
