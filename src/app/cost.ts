/** What the bucket was asked by this device, month by month, and what that costs there. */
import { allUsage, type Usage } from '../replica/usage.ts';
import type { RequestCounts } from '../store/meter.ts';
import type { Cost } from '../store/prices.ts';
import { type ProviderPreset, priceOf } from '../store/provider.ts';
import { providerOf } from './provider.ts';
import type { Session } from './session.ts';
import { listBucket, storedBytesOf } from './storage.ts';

export interface MonthCost {
  /** Such as `2026-11`, UTC. */
  readonly month: string;
  readonly counts: RequestCounts;
  /** Undefined where nothing is billed, or no price is known. */
  readonly cost: Cost | undefined;
}

export interface MonthlyCosts {
  readonly provider: Pick<ProviderPreset, 'id' | 'name' | 'isOwn'> | undefined;
  /** Bytes in the bucket, of all devices; undefined where it was not looked up. */
  readonly storedBytes: number | undefined;
  /** Newest first. */
  readonly months: readonly MonthCost[];
}

/**
 * Reads the usage of every month. Storage is billed as well, and only the bucket knows it.
 * @param options.storage also list the whole bucket (see `listBucket`), which costs requests itself.
 * @throws SatchelError as the store does, where `storage` was asked for.
 */
export async function readCost(
  session: Session,
  options: { readonly storage: boolean },
): Promise<MonthlyCosts> {
  const storedBytes = options.storage ? storedBytesOf(await listBucket(session)) : undefined;
  session.noteUsage();
  const preset = providerOf(session.settings.bucket);
  const months = [...allUsage(session.engine.db)].map(([month, usage], index): MonthCost => {
    const counts = toCounts(usage);
    // What is stored now says nothing about months gone by.
    const stored = index === 0 ? storedBytes : undefined;
    const cost = preset && priceOf(preset, { counts, storedBytes: stored });
    return { month, counts, cost };
  });
  const provider = preset && { id: preset.id, name: preset.name, isOwn: preset.isOwn };
  return { provider, storedBytes, months };
}

/** What was asked in one month so far, such as `2026-11`. */
export function countsOfMonth(session: Session, month: string): RequestCounts {
  session.noteUsage();
  return toCounts(allUsage(session.engine.db).get(month) ?? {});
}

/** What was counted, as requests and bytes. Pure. */
export function toCounts(usage: Usage): RequestCounts {
  const { get = 0, put = 0, list = 0, bytesUp = 0, bytesDown = 0 } = usage;
  return { get, put, list, delete: usage.delete ?? 0, bytesUp, bytesDown };
}
