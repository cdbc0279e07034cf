/**
 * What the pictures of the page show: two devices with six weeks behind them and a conflict, made by
 * the program itself. Times, ids and bytes are the same in each run.
 */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addCollection, attachCollection } from '../../src/app/collections.ts';
import type { AppContext } from '../../src/app/context.ts';
import { withSession } from '../../src/app/session.ts';
import { initRepository, joinRepository } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import type { Clock } from '../../src/base/ports.ts';
import { createManualClock, createSeededRandom, systemClock } from '../../test/support/ports.ts';
import { BREAD, SAMPLE, writeSample } from '../tour/sample.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_HOURS = 24;

/** When the pictures are taken. */
const NOW_MS = Date.UTC(2027, 4, 14, 8, 40);

/** Obviously for pictures. */
const PASSPHRASE = 'a passphrase for pictures only';

const TOMATOES = {
  base: `# Tomatoes

Sown in the first week of March, on the south window. Eight of ten came up.

## To do

- harden them off in April
- stakes for the tall ones
- ask for compost

## Notes

The yellow ones were the sweetest last year.
`,
  laptop: `# Tomatoes

Sown in the first week of March, on the south window. Nine of ten came up.

## To do

- harden them off from the 20th
- stakes for the tall ones
- ask for compost

## Notes

The yellow ones were the sweetest last year. Keep their seeds.
`,
  desktop: `# Tomatoes 2027

Sown in the first week of March, on the south window. Eight of ten came up.

## To do

- harden them off after the last frost
- stakes for the tall ones
- ask for compost

## Notes

The yellow ones were the sweetest last year.
`,
} as const;

export const CONFLICT = SAMPLE.tomatoes;
export const OFTEN_SAVED = SAMPLE.bread;

export interface Past {
  /** The home of the laptop, whose page is shown. */
  readonly home: string;
  /** Goes on from `NOW_MS`. */
  readonly clock: Clock;
  /** For a daemon by that clock. */
  readonly contextFor: (home: string) => AppContext;
}

interface Device {
  readonly home: string;
  readonly notes: string;
  /** What it does so many hours before the pictures. */
  at(agoHours: number): AppContext;
}

/** @param root an empty folder. */
export async function makePast(root: string): Promise<Past> {
  const laptop = deviceIn(root, 'laptop', 1);
  const desktop = deviceIn(root, 'desktop', 2);
  await setUp(root, laptop, desktop);
  await live(laptop, desktop);
  await disagree(laptop, desktop);
  const clock = clockFrom(NOW_MS);
  return { home: laptop.home, clock, contextFor: () => ({ ...laptop.at(0), clock }) };
}

function deviceIn(root: string, name: string, seed: number): Device {
  // One for all that the device does: two that begin alike would make the same ids.
  const random = createSeededRandom(seed);
  const home = join(root, `${name}-home`);
  return {
    home,
    notes: join(root, name, 'Notes'),
    at: (agoHours) => ({
      home,
      clock: createManualClock(NOW_MS - agoHours * HOUR_MS),
      random,
      progress: () => undefined,
      notice: () => undefined,
    }),
  };
}

async function setUp(root: string, laptop: Device, desktop: Device): Promise<void> {
  const start = 42 * DAY_HOURS;
  const bucket = join(root, 'bucket');
  const ask = async (): Promise<string> => PASSPHRASE;
  mkdirSync(laptop.notes, { recursive: true });
  await writeSample(laptop.notes);
  put(laptop, CONFLICT, TOMATOES.base, start);
  await initRepository(laptop.at(start), { bucket, deviceName: 'laptop' }, ask);
  await withSession(laptop.at(start), 'pictures', (session) =>
    addCollection(session, 'vault', laptop.notes, undefined),
  );
  await sync(laptop, start);
  await joinRepository(desktop.at(start - 2), { bucket, deviceName: 'desktop' }, ask);
  await withSession(desktop.at(start - 2), 'pictures', (session) =>
    attachCollection(session, 'Notes', desktop.notes, undefined),
  );
  await sync(desktop, start - 2);
}

/** Some days with more in them than others: a list, a recipe, a journal. */
async function live(laptop: Device, desktop: Device): Promise<void> {
  for (let day = 40; day > 0; day -= 1) {
    const device = day % 3 === 0 ? desktop : laptop;
    const agoHours = day * DAY_HOURS - (day % 5);
    await sync(device, agoHours + 1);
    const notes = (day * 7) % 5;
    for (let note = 0; note < notes; note += 1) {
      const name = `Journal/${dateOf(agoHours)}${note === 0 ? '' : ` ${note + 1}`}.md`;
      put(device, name, `# ${dateOf(agoHours)}\n\nDay ${41 - day}, page ${note + 1}.\n`, agoHours);
    }
    if (day % 9 === 0) put(device, OFTEN_SAVED, bread(41 - day), agoHours);
    if (day === 12) rmSync(join(device.notes, SAMPLE.reading), { force: true });
    await sync(device, agoHours);
  }
  await sync(laptop, 6);
  await sync(desktop, 5);
}

async function disagree(laptop: Device, desktop: Device): Promise<void> {
  put(desktop, CONFLICT, TOMATOES.desktop, 3);
  put(desktop, SAMPLE.shopping, '# Shopping\n\n- flour\n- twine\n- figs\n', 3);
  await sync(desktop, 3);
  put(laptop, CONFLICT, TOMATOES.laptop, 2);
  await sync(laptop, 2);
  put(laptop, SAMPLE.today, '# Today\n\n- water the tomatoes\n- pick up the compost\n', 0.5);
  await sync(laptop, 0.5);
}

async function sync(device: Device, agoHours: number): Promise<void> {
  await syncHome(device.at(agoHours), 'pictures', undefined);
}

function put(device: Device, path: string, text: string, agoHours: number): void {
  const target = join(device.notes, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  const savedSeconds = (NOW_MS - agoHours * HOUR_MS) / 1000;
  utimesSync(target, savedSeconds, savedSeconds);
}

function dateOf(agoHours: number): string {
  return new Date(NOW_MS - agoHours * HOUR_MS).toISOString().slice(0, 10);
}

function bread(day: number): string {
  return `${BREAD}\nTried on day ${day}: ${day % 2 === 0 ? 'a little less salt' : 'ten minutes longer'}.\n`;
}

/** Runs on, from this time. */
function clockFrom(startMs: number): Clock {
  const beganMs = systemClock.now();
  return { ...systemClock, now: () => startMs + systemClock.now() - beganMs };
}
