/** Linking a device: what a link is good for, how often and how long, and what is left of it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import {
  createManualClock,
  createSeededRandom,
  type ManualClock,
} from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { SatchelError } from '../base/errors.ts';
import { LINK_LIFE_MS } from '../format/link.ts';
import { linkKey } from '../format/object-keys.ts';
import { notedLinks } from '../replica/links.ts';
import { acceptLink } from './accept-link.ts';
import type { AppContext } from './context.ts';
import { isSetUp, readSettings } from './home.ts';
import { cancelLink, createLink, followLink, type Link, sweepLinks } from './link.ts';
import { lookUpKeyRing } from './secrets.ts';
import { openForReading, type Session, withSession } from './session.ts';
import { initRepository } from './setup.ts';
import { runSync } from './sync.ts';

const PASSPHRASE = 'a passphrase for tests only';
process.env.SATCHEL_KEYCHAIN = 'off';

interface World {
  readonly root: string;
  readonly bucket: string;
  readonly clock: ManualClock;
  readonly notices: string[];
  /** A device, by the name of its home. */
  device(name: string): AppContext;
}

async function createWorld(passphrase?: string): Promise<World> {
  const root = temporaryFolder('link');
  const bucket = join(root, 'bucket');
  const clock = createManualClock(Date.UTC(2027, 0, 1));
  const random = createSeededRandom(7);
  const notices: string[] = [];
  const device = (name: string): AppContext => ({
    home: join(root, name),
    clock,
    random,
    progress: () => undefined,
    notice: (text) => void notices.push(text),
  });
  const ask = passphrase === undefined ? undefined : async () => passphrase;
  await initRepository(device('laptop'), { bucket, deviceName: 'laptop' }, ask);
  return { root, bucket, clock, notices, device };
}

async function atLaptop<T>(world: World, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openForReading(world.device('laptop'));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

const makeLink = (world: World): Promise<Link> =>
  atLaptop(world, (session) => createLink(session, true));

const accept = (world: World, name: string, { text, code }: Pick<Link, 'text' | 'code'>) =>
  acceptLink(world.device(name), {
    link: text,
    askCode: async () => code,
    tries: 1,
    deviceName: name,
  });

const linksIn = ({ bucket }: World): string[] => {
  const folder = join(bucket, 'links');
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
};

suite('F8: linking a device to an encrypted repository', () => {
  let world: World;
  let link: Link;
  const manifest = () => join(world.bucket, 'satchel.json');
  /** Tries the link while a file of the bucket is another, and puts the file back. */
  const rejectsWhile = async (path: string, text: string, error: object): Promise<void> => {
    const before = readFileSync(path);
    writeFileSync(path, text);
    await assert.rejects(accept(world, 'tablet', link), error);
    writeFileSync(path, before);
    assert.ok(!isSetUp(world.device('tablet').home));
    assert.deepEqual(linksIn(world), [link.id], 'the link is still there');
  };
  before(async () => {
    world = await createWorld(PASSPHRASE);
    link = await makeLink(world);
  });

  test('is refused where the bucket claims by now that nothing is encrypted', async () => {
    const text = readFileSync(manifest(), 'utf8').replace('aes-256-gcm', 'none');
    await rejectsWhile(manifest(), text, { kind: 'refused', message: /another repository/ });
  });

  test('is refused where the bucket holds another repository by now', async () => {
    const text = JSON.stringify({
      ...JSON.parse(readFileSync(manifest(), 'utf8')),
      repository: 'another',
    });
    await rejectsWhile(manifest(), text, { kind: 'refused', message: /another repository/ });
  });

  test('is refused where the object was swapped for that of another link', async () => {
    const other = await makeLink(world);
    const [own, foreign] = [link, other].map(({ id }) => join(world.bucket, linkKey(id)));
    const text = readFileSync(foreign ?? '', 'utf8');
    await atLaptop(world, (session) => cancelLink(session, other.id));
    await rejectsWhile(own ?? '', text, { kind: 'damaged', message: /not what was made with it/ });
  });

  test('works once, without the passphrase, until the last moment of the link', async () => {
    assert.equal(link.untilMs, world.clock.now() + LINK_LIFE_MS);
    world.clock.advance(LINK_LIFE_MS - 1);
    assert.ok((await accept(world, 'desktop', link)).encrypted);
    const [mine, theirs] = await Promise.all(
      ['laptop', 'desktop'].map((name) =>
        lookUpKeyRing(world.device(name), readSettings(world.device(name).home)),
      ),
    );
    assert.ok(mine?.kind === 'found');
    assert.deepEqual(theirs, mine);
    assert.deepEqual(linksIn(world), [], 'the object is gone');

    world.clock.advance(-LINK_LIFE_MS / 2);
    await assert.rejects(accept(world, 'tablet', link), {
      kind: 'refused',
      message: /used before, or taken back/,
      hint: /satchel link/,
    });
    assert.ok(!isSetUp(world.device('tablet').home));
  });
});

suite('linking a device to a repository without encryption', () => {
  test('a wrong code is told slowly and changes nothing; the right one gets in', async () => {
    const world = await createWorld();
    const link = await makeLink(world);
    const before = world.clock.pausesMs.length;
    await assert.rejects(accept(world, 'desktop', { ...link, code: '0000-0000' }), {
      kind: 'refused',
      message: 'The code is wrong.',
    });
    assert.deepEqual(world.clock.pausesMs.slice(before), [1000]);
    assert.ok(!isSetUp(world.device('desktop').home));
    assert.deepEqual(linksIn(world), [link.id]);

    const codes = ['seven 77', link.code.toLowerCase()];
    const made = await acceptLink(world.device('desktop'), {
      link: link.text.toUpperCase(),
      askCode: async () => codes.shift() ?? assert.fail('asked again'),
      tries: 3,
      deviceName: 'desktop',
    });
    assert.match(world.notices.join('\n'), /eight letters and digits/);
    assert.ok(!made.encrypted);
    assert.deepEqual(linksIn(world), []);
  });

  test('a link that has died is refused, and what is left of it goes', async () => {
    const world = await createWorld();
    const link = await makeLink(world);
    world.clock.advance(LINK_LIFE_MS);
    await assert.rejects(accept(world, 'desktop', link), { kind: 'refused', message: /died at/ });
    assert.deepEqual(linksIn(world), []);
    assert.ok(!isSetUp(world.device('desktop').home));
  });

  test('a home that is set up takes no link, and asks for no code', async () => {
    const world = await createWorld();
    const refused = acceptLink(world.device('laptop'), {
      link: 'satchel:whatever',
      askCode: () => assert.fail('asked for a code'),
      tries: 1,
      deviceName: 'laptop',
    });
    await assert.rejects(refused, { kind: 'usage', message: /set up already/ });
  });

  test('a text that is no whole link is told before a code is asked for', async () => {
    const world = await createWorld();
    const refused = acceptLink(world.device('desktop'), {
      link: 'satchel:aecqkbifau',
      askCode: () => assert.fail('asked for a code'),
      tries: 1,
      deviceName: 'desktop',
    });
    await assert.rejects(refused, { kind: 'usage', message: /no whole link/ });
  });
});

suite('what becomes of a link where it was made', () => {
  let world: World;
  let link: Link;
  /** A clock that stops a wait: `onSleep` says what happens meanwhile. */
  const follow = async (onSleep: (sleeps: number, stop: () => void) => void | Promise<void>) => {
    const stopper = new AbortController();
    let sleeps = 0;
    return await atLaptop(world, (session) => {
      const sleep = async (delayMs: number): Promise<void> => {
        await world.clock.sleep(delayMs);
        sleeps += 1;
        await onSleep(sleeps, () => stopper.abort());
      };
      const context = { ...session.context, clock: { ...world.clock, sleep } };
      return followLink({ ...session, context }, link, stopper.signal);
    });
  };
  before(async () => {
    world = await createWorld();
  });

  test('it is taken back when the wait is stopped', async () => {
    link = await makeLink(world);
    const end = await follow((sleeps, stop) => (sleeps === 2 ? stop() : undefined));
    assert.equal(end, 'taken back');
    assert.deepEqual(linksIn(world), []);
  });

  test('it is told to be used when its object is gone', async () => {
    link = await makeLink(world);
    const end = await follow(async (sleeps) => {
      if (sleeps === 1) await accept(world, 'desktop', link);
    });
    assert.equal(end, 'used');
    assert.deepEqual(await atLaptop(world, async ({ engine }) => notedLinks(engine.db)), []);
  });

  test('it dies after its 15 minutes, and is gone then', async () => {
    link = await makeLink(world);
    const startMs = world.clock.now();
    assert.equal(await follow(() => undefined), 'died');
    assert.ok(world.clock.now() - startMs < LINK_LIFE_MS + 5000);
    assert.deepEqual(linksIn(world), []);
  });

  test('a process that died leaves it to the next round after its death', async () => {
    link = await makeLink(world);
    const round = () =>
      withSession(world.device('laptop'), 'test', (session) => runSync(session, undefined));
    await round();
    assert.deepEqual(linksIn(world), [link.id], 'it still works');
    world.clock.advance(LINK_LIFE_MS);
    await round();
    assert.deepEqual(linksIn(world), []);
  });

  test('pruning takes away the dead links of others, and leaves what it cannot read', async () => {
    link = await makeLink(world);
    const [first, second] = ['dead', 'strange'].map((name) => join(world.bucket, linkKey(name)));
    const dead = { format: 1, made: 0, until: world.clock.now(), wrapped: '' };
    writeFileSync(first ?? '', JSON.stringify(dead));
    writeFileSync(second ?? '', 'no link at all');
    await atLaptop(world, sweepLinks);
    assert.deepEqual(linksIn(world).sort(), [link.id, 'strange'].sort());
  });

  test('a bucket that cannot be reached while waiting is asked again', async () => {
    let refusals = 0;
    const end = await atLaptop(world, (session) => {
      const { store } = session.engine;
      const get: typeof store.get = (key, options) => {
        refusals += 1;
        if (refusals > 3) return store.get(key, options);
        return Promise.reject(new SatchelError('unreachable', 'the network is gone'));
      };
      const engine = { ...session.engine, key: session.engine.key, store: { ...store, get } };
      return followLink({ ...session, engine }, link, new AbortController().signal);
    });
    assert.equal(end, 'died');
    assert.ok(refusals > 3);
  });
});
