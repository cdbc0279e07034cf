/** The bucket in words: what lies there, what it costs, what pruning does. Pure. */
import type { Answer } from '../../api/client.ts';
import { countWords, dayWords, sizeWords, type Tone } from '../../words.ts';

export type Storage = Answer<'storage'>;
export type Cost = Answer<'cost'>;
export type Check = Answer<'doctor'>[number];
export type Pruned = Answer<'prune'>;

interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

const OBJECT_WORDS: Readonly<Record<string, string>> = {
  blobs: 'Contents of files',
  segments: 'Newer changes',
  archives: 'Older changes',
  heads: 'What each device has',
  keys: 'Keys',
  other: 'Other things',
};

/** What objects of the bucket hold. */
export function objectWords(what: string): string {
  return OBJECT_WORDS[what] ?? what;
}

/** `3 objects, 1.2 MB`. */
export function amountWords({ objects, bytes }: Amount): string {
  return `${countWords(objects, 'object')}, ${sizeWords(bytes)}`;
}

/** What could be freed, as far as anybody has looked. */
export function reclaimableWords(reclaimable: Amount | null): string {
  if (reclaimable === null) return 'Nobody has looked yet for what nothing needs any more.';
  if (reclaimable.objects === 0) return 'Everything there is needed.';
  return `${sizeWords(reclaimable.bytes)} can be freed (${countWords(reclaimable.objects, 'object')}).`;
}

/** Below it, cents alone would hide what requests cost. */
const SMALL_CHANGE = 0.1;

/** An amount of money: to the cent, and small change to a hundredth of one. */
export function moneyWords(amount: number, currency: NonNullable<Cost['currency']>): string {
  const least = 0.0001;
  const money = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: amount < SMALL_CHANGE && amount !== 0 ? 4 : 2,
  });
  return amount > 0 && amount < least ? `under ${money.format(least)}` : money.format(amount);
}

/** What a month's cost is made of. */
export const COST_PARTS = ['Requests', 'Downloads', 'Storage', 'Fixed'] as const;

interface CostPart {
  readonly name: (typeof COST_PARTS)[number];
  readonly amount: number;
}

/** The parts of a month's cost that are known, and their sum. */
export function costParts(month: Cost['months'][number]): {
  readonly parts: readonly CostPart[];
  readonly total: number;
} {
  const amounts: Readonly<Record<CostPart['name'], number | null>> = {
    Requests: month.requestsCost,
    Downloads: month.transferCost,
    Storage: month.storageCost,
    Fixed: month.baseCost,
  };
  const parts = COST_PARTS.flatMap((name) => {
    const amount = amounts[name];
    return amount === null ? [] : [{ name, amount }];
  });
  return { parts, total: parts.reduce((sum, { amount }) => sum + amount, 0) };
}

/** Why there are no costs to show; undefined where there are. */
export function unpricedWords({ provider, currency }: Cost): string | undefined {
  if (currency !== null) return undefined;
  if (provider === null)
    return 'The provider of this bucket is not known here, nor are its prices.';
  if (provider.isOwn) return `${provider.name}: nobody bills for requests.`;
  return `The prices of ${provider.name} are not known here.`;
}

/** How the cap shows in what the device does. */
export function slowedWords({ cap, slowedBy, months: [now] }: Cost): string {
  if (cap === null)
    return 'Without a limit, this device looks for changes as often as it is set to.';
  if ((now?.storageCost ?? 0) + (now?.baseCost ?? 0) >= cap) {
    return 'What is paid for storage alone reaches the limit: this device looks for changes as rarely as it may. What you save still leaves at once.';
  }
  if (slowedBy < 1.05) {
    return 'The month stays below the limit: this device looks for changes as often as it is set to.';
  }
  const times = slowedBy < 10 ? slowedBy.toFixed(1) : slowedBy.toFixed(0);
  return `To stay below the limit, this device waits ${times} times as long between looks for changes. What you save still leaves at once.`;
}

/** An amount of money as a person types it, for the setting; undefined where it is none. */
export function capOf(text: string): string | undefined {
  const amount = text.trim().replace(',', '.');
  return /^\d+(\.\d{1,2})?$/.test(amount) && Number(amount) > 0 ? amount : undefined;
}

const CHECK_WORDS: Readonly<Record<Check['outcome'], { words: string; tone: Tone }>> = {
  ok: { words: 'Fine', tone: 'ok' },
  warning: { words: 'Warning', tone: 'warn' },
  problem: { words: 'Problem', tone: 'bad' },
  unknown: { words: 'Not known', tone: 'idle' },
};

export function checkWords(outcome: Check['outcome']): {
  readonly words: string;
  readonly tone: Tone;
} {
  return CHECK_WORDS[outcome];
}

/** What is wrong first. */
export function sortChecks(checks: readonly Check[]): readonly Check[] {
  const order: readonly Check['outcome'][] = ['problem', 'warning', 'unknown', 'ok'];
  return checks.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
}

/** All findings in one line. */
export function checksWords(checks: readonly Check[]): string {
  const count = (outcome: Check['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems + warnings === 0) return 'Nothing is wrong with this bucket.';
  const parts = [
    ...(problems === 0 ? [] : [countWords(problems, 'problem')]),
    ...(warnings === 0 ? [] : [countWords(warnings, 'warning')]),
  ];
  return `${parts.join(' and ')}.`;
}

/** What a step of pruning did, or would do, line by line; never empty. */
export function pruneLines(pruned: Pruned, nowMs: number): readonly string[] {
  const { dryRun, condemned, deleted, needed, waiting, nextFrom, history, keptWhole } = pruned;
  const day = (time: string): string => dayWords(Date.parse(time), nowMs);
  const lines: string[] = [];
  if (deleted.objects > 0) {
    lines.push(`${dryRun ? 'Can be deleted now' : 'Deleted'}: ${amountWords(deleted)}.`);
  }
  if (condemned.objects > 0) {
    lines.push(
      dryRun
        ? `No longer needed: ${amountWords(condemned)}. It goes a week after it was marked, so that no other device still counts on it.`
        : `Marked to be deleted: ${amountWords(condemned)}.`,
    );
  }
  if (needed > 0) lines.push(`${countWords(needed, 'object')} marked before stay: needed again.`);
  if (waiting !== null) {
    lines.push(`Marked: ${amountWords(waiting)}, to be deleted from ${day(waiting.from)} on.`);
  }
  if (history.versions > 0) {
    const verb = dryRun ? 'would leave' : 'left';
    lines.push(`${countWords(history.versions, 'old version')} ${verb} the history.`);
  }
  if (lines.length === 0) lines.push('Everything there is needed: there is nothing to free.');
  if (nextFrom !== null) lines.push(`More can be marked from ${day(nextFrom)} on.`);
  if (keptWhole.length > 0) {
    const are = keptWhole.length === 1 ? 'is' : 'are';
    lines.push(`${keptWhole.join(', ')} ${are} not on this device: all of that history stays.`);
  }
  return lines;
}
