/** Settings of the device in the terms of those parts that heed them. Pure. */
import type { ThrottleLimits } from '../store/throttle.ts';
import { type PollIntervals, parseSchedule, type Schedule } from '../sync/schedule.ts';
import type { Settings } from './home.ts';
import { type SettingKey, type SettingValue, settingKey, UNBOUNDED } from './setting-keys.ts';

export function transferLimits(settings: Settings): ThrottleLimits {
  const bound = (name: string): number | undefined => {
    const value = Number(settingOf(settings, name));
    return value === UNBOUNDED ? undefined : value;
  };
  return {
    upBytesPerSecond: bound('limit.up'),
    downBytesPerSecond: bound('limit.down'),
    transfers: bound('transfers'),
  };
}

export function pollIntervals(settings: Settings): PollIntervals {
  const value = (name: string): number => Number(settingOf(settings, name));
  return {
    activeMs: value('poll.active'),
    remoteMs: value('poll.remote'),
    quietMs: value('poll.quiet'),
    idleMs: value('poll.idle'),
  };
}

/** What cannot be read, as a file changed by hand may have it, counts as the standard. */
export function schedule(settings: Settings, collection: string): Schedule {
  const text = settings.collections[collection]?.schedule;
  const chosen = text === undefined ? undefined : parseSchedule(text);
  return chosen ?? { kind: 'automatic' };
}

/** Whether the daemon leaves out a collection, or, without one, everything. */
export function isPaused(settings: Settings, collection?: string): boolean {
  if (settings.paused === true || collection === undefined) return settings.paused === true;
  return settings.collections[collection]?.paused === true;
}

/** The collections whose traces are written to the text log. */
export function tracedCollections(settings: Settings): ReadonlySet<string> {
  const all = Object.entries(settings.collections);
  return new Set(all.filter(([, { debug }]) => debug === 'on').map(([id]) => id));
}

/** Whether the desktop tells of what needs a person. */
export function showsNotifications(settings: Settings): boolean {
  return settingOf(settings, 'notifications') === 'on';
}

/** What was set on this device; undefined where the standard holds. */
export function ownSetting(settings: Settings, key: SettingKey): SettingValue | undefined {
  return settings.preferences?.[key.name];
}

/** Whether the loop removes by itself what history no longer keeps. */
export function prunesMonthly(settings: Settings): boolean {
  return settingOf(settings, 'prune') === 'monthly';
}

/** As for schedules: a bound of nothing at all would let no request out. */
function settingOf(settings: Settings, name: string): SettingValue {
  const key = settingKey(name);
  const own = ownSetting(settings, key);
  const isReadable = own !== undefined && key.parse(key.format(own)) !== undefined;
  return isReadable ? own : key.standard;
}
