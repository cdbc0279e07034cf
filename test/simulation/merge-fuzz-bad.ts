/** Histories that broke a rule once, in their shortest form. */
import type { Act, History } from './merge-fuzz-history.ts';

interface BadHistory {
  readonly history: History;
  /** What makes the same mistake, in merge-fuzz-broken.ts: with it, the history has to fail still. */
  readonly mistake: string;
}

type ShortStep = readonly [act: Act, device: number, pick: number, other?: number];

function bad(mistake: string, devices: number, steps: readonly ShortStep[]): BadHistory {
  const history: History = {
    devices,
    delivery: 0,
    steps: steps.map(([act, device, pick, other = 0]) => ({ act, device, other, pick })),
  };
  return { history, mistake };
}

export const BAD_HISTORIES: Readonly<Record<string, BadHistory>> = {
  'S1: a rename beside an edit of an edit is no conflict, whatever else came before the commit':
    bad('only the very content that is shown counts as seen', 3, [
      ['edit', 2, 1],
      ['commit', 2, 1],
      ['hear', 0, 0],
      ['rename', 0, 1],
      ['edit', 2, 5],
      ['edit', 2, 9],
      ['edit', 1, 5],
    ]),
  'S1: what was deleted and made anew has replaced what somebody renamed meanwhile': bad(
    'only the very content that is shown counts as seen',
    2,
    [
      ['edit', 0, 5],
      ['commit', 0, 1],
      ['hear', 1, 0],
      ['delete', 0, 1],
      ['look', 1, 61],
      ['rename', 1, 17],
      ['commit', 1, 37],
      ['edit', 0, 9],
    ],
  ),
  'hold: a device follows the edit of its side, not a side that only came after that edit': bad(
    'what a clock covers was seen',
    3,
    [
      ['edit', 0, 5],
      ['edit', 1, 9],
      ['commit', 0, 1],
      ['hear', 2, 0],
      ['edit', 0, 1],
      ['look', 2, 13],
    ],
  ),
  'S3: what is deleted in one place and renamed in another stays beside what never saw it': bad(
    'what came with something overlooked counts as seen',
    3,
    [
      ['edit', 2, 5],
      ['commit', 2, 1],
      ['rename', 2, 17],
      ['hear', 1, 0],
      ['look', 1, 5],
      ['delete', 1, 29],
      ['edit', 0, 1],
      ['commit', 1, 1],
    ],
  ),
  'hold: a conflict that comes back with an end does not change what is shown': bad(
    'a rename that was seen along with a content counts for its own',
    2,
    [
      ['edit', 1, 5],
      ['hear', 0, 0],
      ['edit', 0, 37],
      ['choose', 0, 17],
      ['end', 1, 0],
      ['rename', 0, 13],
      ['look', 0, 13],
    ],
  ),
  'hold: a device that has just renamed a text follows what the text became': bad(
    'what is shown and not committed yet does not count as shown',
    3,
    [
      ['edit', 2, 5],
      ['edit', 1, 5],
      ['edit', 2, 1],
      ['hear', 0, 4, 2],
      ['rename', 2, 29],
      ['look', 0, 1],
      ['hear', 0, 0],
      ['rename', 0, 9],
      ['look', 0, 13],
    ],
  ),
  'S3: a choice stands, and not a rename of what it let go': bad(
    'what an author was not shown is superseded all the same',
    2,
    [
      ['edit', 1, 21],
      ['delete', 1, 41],
      ['hear', 0, 0],
      ['edit', 0, 5],
      ['choose', 0, 29],
      ['hear', 1, 0],
      ['delete', 0, 5],
      ['rename', 0, 1],
      ['rename', 1, 41],
    ],
  ),
  'hold: where each author had replaced the content of the other, both stand and each keeps its own':
    bad('a device does not hold on to its side', 2, [
      ['edit', 0, 45],
      ['edit', 1, 29],
      ['hear', 0, 0],
      ['hear', 1, 0],
      ['delete', 1, 13],
      ['delete', 0, 29],
      ['rename', 0, 17],
      ['rename', 1, 17],
      ['commit', 0, 1],
    ]),
  'S3: two commits of one number are told apart once the head that was written over is read': bad(
    'no account of own when deciding',
    2,
    [
      ['backup', 0, 0],
      ['edit', 0, 4],
      ['edit', 0, 37],
      ['edit', 1, 5],
      ['restore', 0, 0],
      ['hear', 1, 0],
      ['edit', 0, 21],
      ['rename', 0, 1],
      ['overwrite', 0, 0],
      ['delete', 1, 1],
      ['rename', 1, 5],
      ['hear', 0, 0],
      ['look', 0, 1],
    ],
  ),
  'S3: of two contents that were let go and renamed on, one written again stands': bad(
    'an author does not supersede its own earlier numbers',
    2,
    [
      ['backup', 1, 0],
      ['edit', 1, 1],
      ['edit', 0, 21],
      ['rename', 1, 45],
      ['restore', 0, 0],
      ['edit', 1, 52],
      ['wake', 0, 0],
      ['delete', 1, 13],
      ['delete', 0, 29],
      ['hear', 0, 0],
      ['rename', 1, 53],
      ['rename', 0, 13],
    ],
  ),
  'hold: of two contents that were each perhaps replaced, one alone may stand': bad(
    'an author does not supersede its own earlier numbers',
    2,
    [
      ['edit', 1, 49],
      ['rename', 1, 1],
      ['edit', 0, 45],
      ['edit', 0, 49],
      ['commit', 1, 1],
      ['delete', 1, 25],
      ['hear', 1, 0],
      ['rename', 1, 9],
      ['hear', 0, 0],
      ['commit', 0, 1],
      ['rename', 0, 61],
    ],
  ),
  'hold: what waits may be a side again once the identity that had replaced it ended': bad(
    'no account of ends when deciding',
    2,
    [
      ['edit', 0, 1],
      ['rename', 0, 5],
      ['hear', 1, 0],
      ['edit', 1, 5],
      ['choose', 1, 5],
      ['end', 0, 0, 1],
      ['rename', 1, 41],
      ['look', 1, 1],
      ['hear', 1, 0],
      ['look', 1, 1],
    ],
  ),
  'S1: a content that was put back and renamed on stands beside an edit of what had replaced it':
    bad('what is only carried along counts as on view', 2, [
      ['edit', 0, 5],
      ['hear', 1, 0],
      ['look', 1, 1],
      ['rename', 1, 5],
      ['edit', 0, 5],
      ['hear', 0, 1],
      ['look', 0, 1],
      ['hear', 1, 1],
      ['look', 1, 1],
      ['edit', 1, 9],
      ['undo', 0, 5],
      ['rename', 0, 21],
    ]),
  'S3: a content that was put back stands, though an older rename of it came after': bad(
    'of equal contents one that is only carried is carried on',
    2,
    [
      ['edit', 0, 5],
      ['hear', 1, 0],
      ['look', 1, 1],
      ['rename', 1, 5],
      ['edit', 0, 5],
      ['hear', 1, 1],
      ['look', 1, 1],
      ['undo', 0, 5],
      ['hear', 0, 1],
      ['look', 0, 1],
      ['rename', 0, 21],
      ['edit', 1, 5],
    ],
  ),
  'S1: who settles a conflict has not seen what was put back meanwhile and renamed on': bad(
    'what is only carried along counts as on view',
    2,
    [
      ['edit', 1, 53],
      ['edit', 1, 4],
      ['edit', 1, 29],
      ['hear', 0, 20, 1],
      ['undo', 1, 21],
      ['edit', 0, 1],
      ['choose', 0, 45],
      ['rename', 1, 53],
    ],
  ),
};
