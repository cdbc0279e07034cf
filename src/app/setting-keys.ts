/**
 * Every setting that a person may change, in one table: what it is called, what it means, what it
 * may be, and its default. Pure. Where each is kept is in `settings.ts`.
 */
import { SatchelError } from '../base/errors.ts';
import { formatBytes, formatUnits, parseDuration, parsePercent, parseSize } from '../base/units.ts';
import { parseSchedule } from '../sync/schedule.ts';

/**
 * `device`: of this device as a whole; `here`: of one collection on this device; `shared`: of one
 * collection, the same on all devices, and carried by the registry.
 */
export type SettingScope = 'device' | 'here' | 'shared';

export type SettingValue = string | number;

export interface SettingKey {
  readonly name: string;
  readonly scope: SettingScope;
  readonly means: string;
  /** What may be written, in words. */
  readonly values: string;
  readonly standard: SettingValue;
  /** The value as it is kept, or undefined where the text cannot be one. */
  parse(text: string): SettingValue | undefined;
  /** The value as a person writes it. */
  format(value: SettingValue): string;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Stands for "no bound" where a number is kept. */
export const UNBOUNDED = 0;

function duration(
  name: string,
  means: string,
  standard: number,
  bounds: { readonly leastMs: number; readonly mostMs: number },
): SettingKey {
  const { leastMs, mostMs } = bounds;
  return {
    name,
    scope: 'device',
    means,
    values: `${formatUnits(leastMs)} to ${formatUnits(mostMs)}`,
    standard,
    parse(text) {
      const value = parseDuration(text);
      return value === undefined || value < leastMs || value > mostMs ? undefined : value;
    },
    format: (value) => formatUnits(Number(value)),
  };
}

function rate(name: string, means: string): SettingKey {
  return {
    name,
    scope: 'device',
    means,
    values: 'bytes per second such as 500kB or 2MB, or off',
    standard: UNBOUNDED,
    parse(text) {
      if (text.trim() === 'off') return UNBOUNDED;
      const value = parseSize(text.replace(/\s*\/s$/, ''));
      return value === undefined || value < LEAST_RATE ? undefined : value;
    },
    format: (value) => (value === UNBOUNDED ? 'off' : `${formatBytes(Number(value))}/s`),
  };
}

/** Slower than this, a piece of 8 MiB would take hours. */
const LEAST_RATE = 1_000;

function days(name: string, means: string, standard: number): SettingKey {
  return {
    name,
    scope: 'shared',
    means,
    values: 'days such as 90d, from 1d to 36500d',
    standard,
    parse(text) {
      const value = (parseDuration(text) ?? 0) / DAY_MS;
      return Number.isInteger(value) && value >= 1 && value <= 36_500 ? value : undefined;
    },
    format: (value) => `${value}d`,
  };
}

function oneOf(
  name: string,
  scope: SettingScope,
  means: string,
  [standard, other]: readonly [standard: string, other: string],
): SettingKey {
  return {
    name,
    scope,
    means,
    values: `${standard} or ${other}`,
    standard,
    parse: (text) => [standard, other].find((value) => value === text.trim()),
    format: String,
  };
}

/** Beyond this a cap is a slip of the hand. */
const MOST_COST = 100_000;

const COST_CAP: SettingKey = {
  name: 'cost.cap',
  scope: 'device',
  means:
    "the most that this device's requests may make of a month's cost, in the provider's currency",
  values: 'an amount such as 2 or 0.50, or off',
  standard: UNBOUNDED,
  parse(text) {
    if (text.trim() === 'off') return UNBOUNDED;
    const value = /^\d+(\.\d{1,2})?$/.test(text.trim()) ? Number(text) : 0;
    return value > 0 && value <= MOST_COST ? value : undefined;
  },
  format(value) {
    if (value === UNBOUNDED) return 'off';
    return Number.isInteger(value) ? String(value) : Number(value).toFixed(2);
  },
};

export const SETTING_KEYS: readonly SettingKey[] = [
  duration('poll.active', 'how often to look for changes within 2 minutes of a save here', 5_000, {
    leastMs: SECOND_MS,
    mostMs: 60 * MINUTE_MS,
  }),
  duration('poll.remote', 'how often, within a minute of a change elsewhere', SECOND_MS, {
    leastMs: SECOND_MS,
    mostMs: 60 * MINUTE_MS,
  }),
  duration('poll.quiet', 'how often otherwise', MINUTE_MS, {
    leastMs: 5 * SECOND_MS,
    mostMs: DAY_MS,
  }),
  duration('poll.idle', 'how often after ten quiet minutes', 5 * MINUTE_MS, {
    leastMs: 5 * SECOND_MS,
    mostMs: DAY_MS,
  }),
  rate('limit.up', 'how fast to send at most'),
  rate('limit.down', 'how fast to fetch at most'),
  {
    name: 'transfers',
    scope: 'device',
    means: 'how many objects are on their way at once at most',
    values: '1 to 64',
    standard: 16,
    parse: (text) => (/^([1-9]|[1-5]\d|6[0-4])$/.test(text.trim()) ? Number(text) : undefined),
    format: String,
  },
  COST_CAP,
  oneOf('prune', 'device', 'whether "up" and "watch" remove what history no longer keeps', [
    'monthly',
    'off',
  ]),
  oneOf('notifications', 'device', 'whether the desktop tells of what needs you', ['on', 'off']),
  {
    name: 'schedule',
    scope: 'here',
    means: 'when "up" and "watch" carry the collection on this device',
    values: 'automatic, hourly, daily HH:MM, or manual',
    standard: 'automatic',
    parse: (text) => (parseSchedule(text) === undefined ? undefined : text.trim()),
    format: String,
  },
  oneOf('debug', 'here', 'whether the text log gets detailed traces of the collection', [
    'off',
    'on',
  ]),
  {
    name: 'guard',
    scope: 'shared',
    means: 'the share of records whose deletion within ten minutes waits for a person',
    values: 'per cent such as 25%, or off',
    standard: 25,
    parse(text) {
      if (text.trim() === 'off') return 100;
      const share = parsePercent(text);
      return share === undefined || share === 0 ? undefined : share;
    },
    format: (value) => (value === 100 ? 'off' : `${value}%`),
  },
  days('history.all', 'how long every version is kept', 90),
  days('history.daily', 'how much longer one version of each day is kept', 365),
];

/** @throws SatchelError `usage` where there is no such setting. */
export function settingKey(name: string): SettingKey {
  const found = SETTING_KEYS.find((key) => key.name === name);
  if (found !== undefined) return found;
  throw new SatchelError('usage', `There is no setting "${name}".`, {
    hint: `Known: ${SETTING_KEYS.map((key) => key.name).join(', ')}.`,
  });
}

/** @throws SatchelError `usage` where the text cannot be a value of the setting. */
export function parseSetting(key: SettingKey, text: string): SettingValue {
  const value = key.parse(text);
  if (value !== undefined) return value;
  throw new SatchelError('usage', `"${text}" cannot be the value of ${key.name}.`, {
    hint: `It takes ${key.values}.`,
  });
}
