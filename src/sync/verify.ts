/**
 * Reading back what the bucket holds: is all of it there, and is it what its names say? What is
 * not is mended where this device can, and otherwise told with the device that could.
 */
import { toHex } from '../base/bytes.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { appliedUpTo } from '../replica/clocks.ts';
import { isArchiveRead } from '../replica/own.ts';
import { peerOf } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';
import { formerIdentities } from './identity.ts';
import type { OpenCollection } from './kind.ts';
import { retiredDevices } from './retired.ts';
import { type Finding, Look, type Sample, type What } from './verify-look.ts';
import { mendFindings } from './verify-mend.ts';
import { type BlobUsers, usersOfBlobs } from './verify-users.ts';

export interface VerifyReport {
  /** Objects read whole, and their bytes as stored. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects outside the sample: seen in a list, and not read. */
  readonly listed: number;
  /** What chose the sample. */
  readonly seed: string;
  readonly damaged: readonly DamagedObject[];
  /** Objects that Satchel did not write, such as copies that a file-sync program made. */
  readonly foreign: readonly string[];
}

export interface DamagedObject {
  readonly object: string;
  readonly problem: string;
  /** Paths of files on this device whose content it holds; old versions with their time. */
  readonly affected: readonly string[];
  /** True once it was read back whole, or nothing needs it any more. */
  readonly mended: boolean;
  /** The name of another device that can mend it; null where none is known. */
  readonly mender: string | null;
  /** True where this device has read all that it held: a new device could not. */
  readonly heldHere: boolean;
}

/** A sample of so many per cent; which objects, is left to chance. */
export function chooseSample(engine: Engine, percent: number): Sample {
  return { share: percent / 100, seed: toHex(engine.random.bytes(8)) };
}

/**
 * Reads what opens the repository (`satchel.json` and the key slots), every head, segment, archive
 * and list, and every blob that a version of this device's collections names. Changes nothing.
 */
export async function verifyBucket(engine: Engine, sample: Sample): Promise<VerifyReport> {
  const look = new Look(engine, sample);
  await look.all();
  return toReport(engine, look, sample);
}

/**
 * Mends what a look found and this device can, and reads it again.
 * @param open the collections of this device: files in them may have what the bucket lost.
 */
export async function mendBucket(
  engine: Engine,
  open: ReadonlyMap<string, OpenCollection>,
  sample: Sample,
): Promise<VerifyReport> {
  const look = new Look(engine, sample);
  await look.all();
  if (look.findings.length === 0) return toReport(engine, look, sample);
  const moved = await mendFindings(engine, open, look.findings, usersOfBlobs(engine));
  const again = new Look(engine, { ...sample, share: 1 });
  await again.device(selfId(engine));
  for (const { what } of look.findings) if (what.kind === 'blob') await again.blob(what.id);
  const stillDamaged = new Set(again.findings.map(({ object }) => object));
  const isMended = ({ object, what }: Finding): boolean =>
    isReadAgain(engine, what) && (!stillDamaged.has(object) || moved.has(object));
  const found = new Set(look.findings.map(({ object }) => object));
  // What was not in the sample may turn out to be damaged when all of it is read.
  look.findings.push(...again.findings.filter(({ object }) => !found.has(object)));
  return toReport(engine, look, sample, isMended);
}

/** What is mended gets another name or is written again: either way it was looked at twice. */
function isReadAgain(engine: Engine, what: What): boolean {
  const self = selfId(engine);
  if (what.kind === 'blob') return true;
  if (what.kind === 'unit') return what.unit.holder === self;
  return what.kind !== 'entrance' && what.device === self;
}

function toReport(
  engine: Engine,
  look: Look,
  { seed }: Sample,
  isMended: (finding: Finding) => boolean = () => false,
): VerifyReport {
  const users = usersOfBlobs(engine);
  const damaged = look.findings.map((finding): DamagedObject => {
    const { object, problem, what } = finding;
    return {
      object,
      problem,
      affected: what.kind === 'blob' ? pathsOf(engine, users, what.id) : [],
      mended: isMended(finding),
      mender: menderOf(engine, users, what),
      heldHere: isHeldHere(engine, what),
    };
  });
  const { objects, bytes, listed, foreign } = look;
  return { objects, bytes, listed, seed, damaged, foreign };
}

function pathsOf(engine: Engine, users: BlobUsers, id: string): string[] {
  const paths = (users.get(id) ?? []).map(({ collection, version, isCurrent }) => {
    const title = engine.kindOf(collection)?.titleOf(version.fields) ?? version.record;
    const day = new Date(version.stamp[0]).toISOString().slice(0, 10);
    return isCurrent ? title : `${title} (an old version, of ${day})`;
  });
  return [...new Set(paths)];
}

/** Who can write the object again: the device whose object it is, or that saved the content. */
function menderOf(engine: Engine, users: BlobUsers, what: What): string | null {
  if (what.kind === 'entrance') return null;
  if (what.kind === 'blob') {
    const authors = (users.get(what.id) ?? []).map(({ version }) => version.stamp[1]);
    return (
      authors.map((device) => livingName(engine, device)).find((name) => name !== null) ?? null
    );
  }
  return livingName(engine, what.kind === 'unit' ? what.unit.holder : what.device);
}

/** The name of another device that is at work, as far as this one knows. */
function livingName(engine: Engine, device: string): string | null {
  const isGone = retiredDevices(engine).has(device) || formerIdentities(engine).includes(device);
  if (device === selfId(engine) || isGone) return null;
  return peerOf(engine.db, device)?.head?.device.name ?? null;
}

function isHeldHere(engine: Engine, what: What): boolean {
  if (what.kind !== 'unit') return false;
  const { author, collection, entry, isArchive } = what.unit;
  if (isArchive) return isArchiveRead(engine.db, entry[0]);
  const isWorkedOn = collection === REGISTRY_ID || engine.kindOf(collection) !== undefined;
  return isWorkedOn && entry[2] <= appliedUpTo(engine.db, collection, author);
}
