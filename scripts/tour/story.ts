/** The story of the tour: two devices, one collection, and what happens to it. */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncResult } from '../../src/api/status.ts';
import { formatCount, formatSize } from '../../src/cli/format.ts';
import { Costs, describeSync } from './costs.ts';
import { bold, type Device, type Runner, TourError } from './device.ts';
import { contentsOf, differences } from './folders.ts';
import { BREAD, SAMPLE, writeNote } from './sample.ts';

export interface Cast {
  readonly runner: Runner;
  readonly bucketUrl: string;
  readonly laptop: Device;
  readonly desktop: Device;
  /** Where the sample is in the collection: `Satchel tour/` beside a person's notes, or empty. */
  readonly base: string;
}

const COLLECTION = 'Notes';
const RENAMED_GARDEN = 'Allotment';

export async function tellStory(cast: Cast): Promise<void> {
  const costs = new Costs();
  const story = new Story(cast, costs);
  await story.firstDevice();
  await story.secondDevice();
  await story.bothSides();
  await story.renamedFolder();
  await story.conflict();
  await story.oldVersion();
  await story.nothing();
  say('');
  say(bold('What the syncs cost'));
  for (const line of costs.lines()) say(`  ${line}`);
  say('');
  say('A provider bills such requests by the thousand. The bytes are those of objects as they');
  say('stand in the bucket: compressed and encrypted. Setting up the devices is not counted.');
}

class Story {
  readonly #cast: Cast;
  readonly #costs: Costs;
  #chapters = 0;

  constructor(cast: Cast, costs: Costs) {
    this.#cast = cast;
    this.#costs = costs;
  }

  async firstDevice(): Promise<void> {
    const { runner, bucketUrl, laptop } = this.#cast;
    this.#chapter('The first device', 'A laptop puts its notes into an encrypted bucket.');
    await runner.quietly(laptop, 'init', bucketUrl, '--device', laptop.name);
    await runner.quietly(laptop, 'add', 'vault', laptop.folder, '--name', COLLECTION);
    await this.#sync(laptop);
    const { files, bytes } = await contentsOf(laptop.folder);
    say(`  ${formatCount(files, 'file')} with ${formatSize(bytes)} are in the bucket.`);
  }

  async secondDevice(): Promise<void> {
    const { runner, bucketUrl, desktop } = this.#cast;
    this.#chapter('The second device', 'A desktop joins with the passphrase and gets the notes.');
    await runner.quietly(desktop, 'join', bucketUrl, '--device', desktop.name);
    await runner.quietly(desktop, 'attach', COLLECTION, desktop.folder);
    await this.#sync(desktop);
    await this.#compare();
  }

  async bothSides(): Promise<void> {
    const { laptop, desktop } = this.#cast;
    this.#chapter(
      'Work on both sides',
      'The laptop edits a note and deletes one. The desktop writes a new one and edits another.',
    );
    await this.#write(laptop, SAMPLE.today, '# Today\n\n- everything is watered\n');
    await rm(join(laptop.folder, this.#path(SAMPLE.reading)));
    await this.#write(desktop, 'Ideas/Boat.md', '# Boat\n\nA small one. Borrowed, first.\n');
    await this.#write(desktop, SAMPLE.trains, '# Trains\n\nThe night train leaves at ten now.\n');
    await this.#sync(laptop, desktop, laptop);
    await this.#compare();
  }

  async renamedFolder(): Promise<void> {
    const { laptop, desktop } = this.#cast;
    const renames = [
      [this.#path('Garden'), this.#path(RENAMED_GARDEN)] as const,
      ...(await this.#renameOfLargest()),
    ];
    const names = renames.map(([from, to]) => `"${from}" to "${to}"`).join(' and ');
    this.#chapter(
      'A renamed folder',
      `The desktop renames ${names}, while the laptop edits a note in "${this.#path('Garden')}".`,
    );
    for (const [from, to] of renames) {
      await rename(join(desktop.folder, from), join(desktop.folder, to));
    }
    const edited = '# Tomatoes\n\nThe first fruit on the second of July.\n';
    await this.#write(laptop, SAMPLE.tomatoes, edited);
    const [sent] = await this.#sync(desktop, laptop, desktop);
    await this.#compare();
    const contentBytes = sent?.collections.reduce((sum, part) => sum + part.published.bytes, 0);
    if (contentBytes !== 0) throw new TourError(`the rename sent ${contentBytes} bytes of content`);
    const moved = this.#path(SAMPLE.tomatoes.replace('Garden', RENAMED_GARDEN));
    await this.#expectText(moved, edited);
    say('  The edit is in the renamed folder on both. The rename sent names and no content.');
  }

  async conflict(): Promise<void> {
    const { runner, laptop, desktop } = this.#cast;
    const path = this.#path(SAMPLE.shopping);
    this.#chapter(
      'A conflict',
      'Both devices change the same note before they hear of each other.',
    );
    const ours = '# Shopping\n\n- flour\n- two lamps instead of oil\n';
    const theirs = '# Shopping\n\n- nothing, the shop is closed\n';
    await this.#write(laptop, SAMPLE.shopping, ours);
    await this.#write(desktop, SAMPLE.shopping, theirs);
    await this.#sync(laptop, desktop, laptop);
    expectEqual(await textOf(laptop, path), ours, `${path} on the laptop`);
    expectEqual(await textOf(desktop, path), theirs, `${path} on the desktop`);
    say('  Each device still shows its own text. Both are in the bucket, and a person chooses:');
    await runner.show(desktop, 'conflicts');
    await runner.show(desktop, 'resolve', COLLECTION, path, '--keep', 'both');
    await this.#sync(desktop, laptop);
    await this.#compare();
    await this.#expectText(path, theirs);
    await this.#expectCopy(path, ours);
  }

  async oldVersion(): Promise<void> {
    const { runner, laptop, desktop } = this.#cast;
    const path = this.#path(SAMPLE.bread);
    this.#chapter(
      'An old version',
      'The laptop overwrites a recipe by mistake, and wants it back.',
    );
    await this.#write(laptop, SAMPLE.bread, 'asdf\n');
    await this.#sync(laptop, desktop);
    await this.#expectText(path, 'asdf\n');
    await runner.show(laptop, 'versions', COLLECTION, path);
    await runner.show(laptop, 'restore', COLLECTION, path);
    await this.#sync(laptop, desktop);
    await this.#compare();
    await this.#expectText(path, BREAD);
    say('  The recipe is back on both devices.');
  }

  async nothing(): Promise<void> {
    const { runner, laptop } = this.#cast;
    this.#chapter('Nothing to do', 'What it costs to ask whether there is anything new.');
    await this.#sync(laptop);
    await runner.show(laptop, 'status');
  }

  #chapter(title: string, summary: string): void {
    this.#chapters += 1;
    this.#costs.chapter(title);
    say('');
    say(bold(`${this.#chapters}. ${title}`));
    say(`  ${summary}`);
  }

  async #sync(...devices: readonly Device[]): Promise<readonly SyncResult[]> {
    const outcomes: SyncResult[] = [];
    for (const device of devices) {
      const outcome = await this.#cast.runner.sync(device);
      this.#costs.add(outcome.requests);
      say(`    ${describeSync(outcome)}`);
      outcomes.push(outcome);
    }
    return outcomes;
  }

  /** The claim of every chapter: what is on one device is, byte for byte, on the other. */
  async #compare(): Promise<void> {
    const { laptop, desktop } = this.#cast;
    const here = await contentsOf(laptop.folder);
    const different = differences(here, await contentsOf(desktop.folder));
    if (different.length > 0) {
      throw new TourError(`the folders of laptop and desktop differ:\n${different.join('\n')}`);
    }
    say(`  Compared byte for byte: both folders are equal (${formatCount(here.files, 'file')}).`);
  }

  /** In a person's own notes also the folder with the most files is renamed: the rename costs less. */
  async #renameOfLargest(): Promise<readonly (readonly [from: string, to: string])[]> {
    const { base, desktop } = this.#cast;
    if (base === '') return [];
    const entries = await readdir(desktop.folder, { withFileTypes: true });
    const folders = entries.filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.') && `${entry.name}/` !== base,
    );
    let largest: { readonly name: string; readonly files: number } | undefined;
    for (const { name } of folders) {
      const { files } = await contentsOf(join(desktop.folder, name));
      if (largest === undefined || files > largest.files) largest = { name, files };
    }
    return largest === undefined ? [] : [[largest.name, `${largest.name} (renamed)`]];
  }

  #path(path: string): string {
    return `${this.#cast.base}${path}`;
  }

  #write(device: Device, path: string, text: string): Promise<void> {
    return writeNote(device.folder, this.#path(path), text);
  }

  async #expectText(path: string, text: string): Promise<void> {
    for (const device of [this.#cast.laptop, this.#cast.desktop]) {
      expectEqual(await textOf(device, path), text, `${path} on the ${device.name}`);
    }
  }

  /** The other side of the conflict is a file of its own, beside the first. */
  async #expectCopy(path: string, text: string): Promise<void> {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const stem = path.slice(folder.length).replace(/\.md$/, '');
    const names = await readdir(join(this.#cast.laptop.folder, folder));
    const copy = names.find((name) => name.startsWith(`${stem} (`));
    if (copy === undefined) throw new TourError(`there is no copy beside ${path}`);
    await this.#expectText(`${folder}${copy}`, text);
    say(`  Both texts are on both devices now: "${path}" and "${folder}${copy}".`);
  }
}

function textOf(device: Device, path: string): Promise<string> {
  return readFile(join(device.folder, path), 'utf8');
}

function expectEqual(actual: string, expected: string, what: string): void {
  if (actual === expected) return;
  throw new TourError(`${what} should hold\n${expected}\nand holds\n${actual}`);
}

function say(line: string): void {
  console.log(line);
}
