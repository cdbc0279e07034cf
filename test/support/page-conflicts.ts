/** Conflicts for looking at the page: some texts, a picture, and many files of one name. */
import type { Conflict, ConflictInfo } from '../../src/api/conflicts.ts';
import { proposeMerge } from '../../src/app/propose-merge.ts';
import type { FAKE_HANDLERS } from './fake-daemon.ts';

const MINUTE_MS = 60_000;
const LAPTOP = 'laptop';
const PHONE = 'phone';

interface Texts {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
}

const PLAN: Texts = {
  base: '# Garden\n\n- seeds\n- bulbs\n- two trees\n\nDig in March.\n',
  local: '# Garden\n\n- seeds\n- bulbs\n- three trees\n\nDig in March.\n\nAsk for compost.\n',
  remote: '# Garden 2027\n\n- seeds\n- bulbs\n- two small trees\n\nDig in March.\n',
};

export function sampleConflicts(nowMs: number, count = 2): readonly ConflictInfo[] {
  const paths = ['Projects/garden.md', 'Daily/list.md'];
  return Array.from({ length: count }, (_, index) =>
    sampleConflict(nowMs, paths[index] ?? `Archive/page-${String(index).padStart(6, '0')}.md`),
  );
}

function sampleConflict(nowMs: number, path: string): ConflictInfo {
  const side = (device: string, awayMs: number, isLocal: boolean) => ({
    version: `${device}-version`,
    isLocal,
    device,
    time: new Date(nowMs - awayMs).toISOString(),
    size: 120,
  });
  return {
    collection: 'Notes',
    path,
    state: 'state',
    sides: [side(LAPTOP, 3 * MINUTE_MS, true), side(PHONE, 95 * MINUTE_MS, false)],
  };
}

function opened(info: ConflictInfo): Conflict | null {
  const [mine, theirs] = info.sides;
  if (mine === undefined || theirs === undefined) return null;
  const compared = ({ version, device, time, size }: typeof mine, text: string) => ({
    version,
    device,
    time,
    size,
    content: 'text' as const,
    text,
  });
  return {
    ...info,
    left: compared(mine, PLAN.local),
    right: compared(theirs, PLAN.remote),
    base: compared({ ...mine, version: 'base-version' }, PLAN.base),
    proposal: proposeMerge(PLAN, { local: LAPTOP, remote: PHONE }),
  };
}

type ConflictHandlers = Pick<
  typeof FAKE_HANDLERS,
  'conflicts' | 'conflict' | 'resolve' | 'undoResolve'
>;

/** Handlers that settle conflicts and bring them back. */
export function conflictHandlers(start: readonly ConflictInfo[]): ConflictHandlers {
  let open = start;
  return {
    conflicts: async () => open,
    conflict: async (_, { path }) => {
      const info = open.find((one) => one.path === path);
      return info === undefined ? null : opened(info);
    },
    resolve: async (_, { items }) => {
      const paths = items.map(({ path }) => path);
      open = open.filter(({ path }) => !paths.includes(path));
      const settled = paths.map((path) => ({
        collection: 'Notes',
        path,
        version: 'chosen',
        sides: [],
        copies: [],
      }));
      return { settled, failed: [] };
    },
    undoResolve: async (_, { decisions }) => {
      const paths = new Set([...open, ...decisions].map(({ path }) => path));
      open = start.filter(({ path }) => paths.has(path));
      return { undone: decisions.length, failed: [] };
    },
  };
}
