import type { RunOptions } from './run.ts';

interface BadSeed {
  readonly seed: bigint;
  readonly what: string;
  readonly options?: RunOptions;
}

/**
 * Seeds that once showed a defect, of Satchel or of these questions. A change of the dice makes other
 * runs of them, so each defect has a test of its own as well, where it was.
 */
const FIRST_SEEDS: readonly BadSeed[] = [
  {
    seed: 275_664_705_435_499_475n,
    what: 'a commit written again has the number of a new one in the registry',
  },
  {
    seed: 5_293_156_428_027_946_947n,
    what: 'a power cut takes why a file was moved, and leaves the file under both names',
  },
  {
    seed: 12_093_688_412_434_177_932n,
    what: 'a file is placed where a person has just moved another away',
  },
  {
    seed: 275_664_705_435_506_344n,
    what: 'a machine dies for good while its head is written',
  },
  {
    seed: 20_263_122_904n,
    what: 'an upload was cut off, and half of it taken for all when the bucket was looked through',
  },
  {
    seed: 6_558_282_167_871_850_187n,
    what: 'a file is moved over one in conflict, with what another side holds',
  },
  {
    seed: 20_264_123_139n,
    what: 'a file is deleted a minute after it came, and the power takes the note that it was there',
  },
  {
    seed: 20_267_123_529n,
    what: 'a machine deletes a file, is copied, and both die',
  },
  {
    seed: 20_272_123_681n,
    what: 'a file is renamed on two devices, and edited under the name that came later',
  },
  {
    seed: 20_273_123_752n,
    what: 'a file is renamed here, edited there, and elsewhere another comes to its name',
  },
  {
    seed: 20_274_121_771n,
    what: 'a file is moved and deleted, and the power brings back its name on the way',
  },
  {
    seed: 20_278_122_476n,
    what: 'a deletion is published, pruning forgets what it deleted, and its machine dies',
  },
  {
    seed: 20_276_123_306n,
    what: 'the newest commit of a dead machine, with a damaged head, is known to one that did not remove it',
  },
  {
    seed: 20_277_123_588n,
    what: 'a file in conflict is edited, and swapped at once with one that holds another side',
  },
  {
    seed: 20_282_123_688n,
    what: 'a machine swaps two files, is copied, reported lost, and dies with its copy',
  },
  {
    seed: 20_283_123_650n,
    what: 'a machine is reported lost by one that stops before it says so, publishes, and dies',
  },
  {
    seed: 20_312_122_555n,
    what: 'a folder is deleted as soon as files are in it, before these are noted',
  },
  {
    seed: 20_313_122_157n,
    what: 'a file goes while it is looked at again after a crash',
  },
  {
    seed: 4_260_842n,
    what: 'a disk is put back to a backup, and the saves made since are in segments',
  },
  {
    seed: 20_494_122_887n,
    what: 'a head that nobody can read makes a newcomer read all the others whole in each round',
  },
  {
    seed: 20_512_123_100n,
    what: 'a power cut in a move, and the file is written over under its new name at once',
  },
  {
    seed: 20_514_123_046n,
    what: 'three machines are put back, one of them twice, and what they save goes on under new names',
  },
  {
    seed: 4_500_199n,
    what: 'two machines upload one content, and what one of them tears stays torn',
  },
  {
    seed: 9_000_363n,
    what: 'a copy takes a new identity, its first head is torn, and it is put back to before that',
  },
  {
    seed: 4_601_775n,
    what: 'a long file is renamed after a long pause, its former text replaced and pruned meanwhile',
    options: { mayBeHarsh: true },
  },
  {
    seed: 4_600_283n,
    what: 'a machine that was put back reads archives of its former life before what they rest on',
    options: { mayBeHarsh: true },
  },
  {
    seed: 5_100_280n,
    what: 'what was let go before an identity ended is saved again for a pruner',
    options: { mayBeHarsh: true },
  },
  {
    seed: 5_100_576n,
    what: 'files that a newcomer places ask for one archive at the same time',
    options: { mayBeHarsh: true },
  },
  {
    seed: 5_100_750n,
    what: 'a machine is copied and dies, and its copy dies before it published what both had',
  },
  {
    seed: 5_200_289n,
    what: 'a file is deleted right after its text was saved again for a pruner',
    options: { mayBeHarsh: true },
  },
  {
    seed: 5_300_502n,
    what: 'a copied machine saves under a number that the other one has taken already',
    options: { mayBeHarsh: true },
  },
  {
    seed: 5_302_101n,
    what: 'what came in the place of a deleted file is found again after a kill',
  },
  {
    seed: 20_700_005_033n,
    what: 'a twin dies that had written over a file what others have elsewhere',
  },
  {
    seed: 15_784_077_515_594_353_295n,
    what: 'a mass deletion is held and dropped in one round, for a file was saved elsewhere',
  },
  { seed: 7_000_507n, what: 'a held deletion is dropped once the record is saved elsewhere' },
  {
    seed: 61_000_002_445n,
    what: 'a file is brought back, and before it is placed its person decides for another version',
  },
  {
    seed: 61_003_000_797n,
    what: 'power goes in a swap, and a file with two names is written to and deleted before Satchel runs',
  },
  {
    seed: 61_004_001_163n,
    what: 'an edit not sent yet is deleted with a mass, and the held deletion is dropped',
  },
  {
    seed: 61_004_001_979n,
    what: 'a file is renamed, and another comes to its name in another Unicode form',
  },
  {
    seed: 61_005_000_155n,
    what: 'an older head of a dead machine lands late, and one other alone knows its last save',
  },
  {
    seed: 63_000_000_618n,
    what: 'a conflict comes to light where the identity ends that one side was written under',
  },
  {
    seed: 66_009_001_162n,
    what: 'a file is renamed, edited, and swapped with another by who knows neither',
  },
  {
    seed: 66_010_001_366n,
    what: 'who prunes has forgotten the version that names a blob, and knows what replaced it',
  },
  {
    seed: 66_012_000_749n,
    what: 'a machine is put back to a backup, and its own head is cut short for good',
  },
  {
    seed: 66_014_000_838n,
    what: 'a twin dies that had written and deleted a file, and others have heard of both',
  },
  {
    seed: 70_011_000_456n,
    what: 'an older head of a machine lands after it is gone, over one that nobody had read',
  },
  {
    seed: 70_018_002_060n,
    what: 'an older head lands once more, a clock jumps, and what it hid is given up',
  },
  {
    seed: 70_022_001_247n,
    what: 'a head lands twice and is given up, where no machine was killed',
  },
  {
    seed: 70_040_002_032n,
    what: 'an older head lands once more after its machine is gone',
  },
  {
    seed: 20_612_122_134n,
    what: 'an older head of a dead machine lands late, and hides a device that it had removed',
    options: { mayBeHarsh: true },
  },
  {
    seed: 786n,
    what: 'a file is edited after it was put in its place and before that was noted',
    options: {
      only: ['power-cut', 'edit-in-mid-scan'],
      change: { steps: 25, devices: 2, watchShare: 0, longShare: 0, foldingShare: 0 },
    },
  },
];

/** Without what came into the plan since they were found, their runs are what they were. */
function asItWas({ options, ...found }: BadSeed): BadSeed {
  const change = { hasOwnBlobs: false, cutsInWork: false, meetsInRename: false };
  return { ...found, options: { ...options, change: { ...change, ...options?.change } } };
}

const LATER_SEEDS: readonly BadSeed[] = [
  {
    seed: 90_001_000_615n,
    what: 'an editor that a full disk stopped has left its draft, and cannot save',
  },
  {
    seed: 92_002_000_272n,
    what: 'a stale answer is of the time before there was a repository',
  },
  {
    seed: 92_013_001_093n,
    what: 'a file is edited and renamed, and renamed once more by who had not seen the edit',
  },
  {
    seed: 94_003_001_282n,
    what: 'a folder is first looked at in a round that may not upload yet, when all else is quiet',
  },
  {
    seed: 94_014_000_131n,
    what: 'a clone merges away what counts again with the end of its identity, and dies',
  },
  {
    seed: 94_016_000_625n,
    what: 'the power takes an executable bit that Satchel had set, on one side of a conflict',
  },
  {
    seed: 94_019_000_236n,
    what: 'the power takes what a person wrote from a file that is between its old and its new name',
  },
  {
    seed: 95_012_001_825n,
    what: 'a side of a conflict is edited under a name that came with the other, and renamed elsewhere',
  },
  {
    seed: 95_014_002_120n,
    what: 'the same, where the name is shown under a suffix',
  },
  {
    seed: 96_003_002_248n,
    what: 'a file is moved over one in conflict, and written over with what the other side holds',
  },
  {
    seed: 98_002_002_281n,
    what: 'a removal is read in the last round, so that the first full poll is the idle one',
  },
  {
    seed: 98_007_001_205n,
    what: 'the power brings back a content that somebody had edited elsewhere',
  },
  {
    seed: 98_011_000_793n,
    what: 'a file is renamed unseen, edited and deleted: it stays with what it became',
  },
  {
    seed: 98_012_002_390n,
    what: 'who alone had read an overwritten save of a dead twin dies before it is sent again',
  },
  {
    seed: 98_015_002_284n,
    what: 'a content is put back that a rename beside its replacement still carried',
  },
  {
    seed: 99_007_002_042n,
    what: 'a damaged head that no living device ever read, and that a dead one built upon, is removed',
  },
  {
    seed: 105_038_000_809n,
    what: 'a folder is renamed where one of its files has the suffix that the disk asks for',
  },
  {
    seed: 107_005_001_033n,
    what: 'a file is deleted where nobody has heard yet that it was written again for a pruner',
  },
  {
    seed: 108_000_001_109n,
    what: 'a file is moved twice while the folder is looked through, and the disk put back to a backup',
  },
  {
    seed: 109_013_000_130n,
    what: 'a new file is swapped with another while it is read, and noted with the mark of both',
  },
  {
    seed: 109_009_000_145n,
    what: 'a device whose identity has ended is shown what replaced the commits of its clone',
  },
  {
    seed: 109_018_000_749n,
    what: 'a device is put back to a backup with deletions that it had not sent',
  },
  {
    seed: 113_013_000_580n,
    what: 'a long file is moved over another one, and the machine dies before it is uploaded',
  },
  {
    seed: 114_000_002_109n,
    what: 'a deleted file comes back as what another side of its conflict holds, by way of a third',
  },
  {
    seed: 115_006_002_002n,
    what: 'the power goes while a file is replaced that was deleted here, and edited elsewhere twice',
  },
  {
    seed: 119_019_000_300n,
    what: 'a file is moved over one that was never sent, and the disk put back to before',
  },
  {
    seed: 20_612_122_574n,
    what: 'archives of what may be another life of a device are read before it is known to be none',
    options: { mayBeHarsh: true },
  },
];

export const BAD_SEEDS: readonly BadSeed[] = [...FIRST_SEEDS.map(asItWas), ...LATER_SEEDS];
