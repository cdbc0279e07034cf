/** What pruning did, in words. Pure. */
import type { PruneResult } from '../api/bucket.ts';
import { formatCount, formatSize } from './format.ts';

/** The result line by line; never empty. */
export function pruneWords(result: PruneResult): readonly string[] {
  const { dryRun, condemned, deleted, needed, waiting, nextFrom, history } = result;
  const lines: string[] = [];
  const amount = (objects: number, bytes: number): string =>
    `${formatCount(objects, 'object')} (${formatSize(bytes)})`;
  if (deleted.objects > 0) {
    lines.push(
      `${dryRun ? 'Would delete' : 'Deleted'} ${amount(deleted.objects, deleted.bytes)} announced before.`,
    );
  }
  if (needed > 0) {
    lines.push(`${formatCount(needed, 'object')} announced before stay: needed again meanwhile.`);
  }
  if (condemned.objects > 0) {
    const verb = dryRun ? 'Would announce' : 'Announced';
    lines.push(
      `${verb} ${amount(condemned.objects, condemned.bytes)} that nothing needs any more.`,
    );
  }
  if (waiting !== null) {
    lines.push(
      `${amount(waiting.objects, waiting.bytes)} will be deleted from ${day(waiting.from)} on: by ` +
        '"satchel up", or by "satchel prune" on this device.',
    );
  }
  if (history.versions > 0) {
    const verb = dryRun ? 'would leave' : 'left';
    lines.push(`${formatCount(history.versions, 'old version')} ${verb} the history.`);
  }
  if (lines.length === 0) lines.push(`There is nothing to prune${dryRun ? '' : ' now'}.`);
  if (nextFrom !== null) lines.push(`More can be announced from ${day(nextFrom)} on.`);
  return lines;
}

/** Why less went than might have; undefined where nothing was held back. */
export function keptWholeWords({ keptWhole }: PruneResult): string | undefined {
  if (keptWhole.length === 0) return undefined;
  const names = keptWhole.map((name) => `"${name}"`).join(', ');
  const are = keptWhole.length === 1 ? 'is' : 'are';
  return `${names} ${are} not on this device: all of that history is kept.`;
}

/** `2026-03-01`, in UTC. */
function day(isoTime: string): string {
  return isoTime.slice(0, 10);
}
