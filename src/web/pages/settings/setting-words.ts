/** The settings in the words of people: what each is called, and how it is chosen. Pure. */
import type { Answer } from '../../api/client.ts';

export type Setting = Answer<'settings'>[number];

export interface Choice {
  /** As the program writes it. */
  readonly value: string;
  readonly words: string;
}

export type Control =
  | { readonly kind: 'switch'; readonly on: string; readonly off: string }
  /** One of these, or another value that is typed. */
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'text' };

export interface SettingWords {
  readonly label: string;
  readonly help?: string;
  readonly control: Control;
}

export interface SettingGroup {
  readonly title: string;
  readonly names: readonly string[];
}

/** The settings of the device, in the order of the page. */
export const DEVICE_GROUPS: readonly SettingGroup[] = [
  { title: 'Transfers', names: ['limit.up', 'limit.down', 'transfers'] },
  {
    title: 'How often to look for changes',
    names: ['poll.active', 'poll.remote', 'poll.quiet', 'poll.idle', 'cost.cap'],
  },
  { title: 'By itself', names: ['notifications', 'prune'] },
];

/** Those of a collection. */
export const COLLECTION_GROUPS: readonly SettingGroup[] = [
  { title: 'On this device', names: ['schedule', 'debug'] },
  { title: 'On all devices', names: ['guard', 'history.all', 'history.daily'] },
];

const ON_OFF = { kind: 'switch', on: 'on', off: 'off' } as const;

const UNITS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

const WORDS: Readonly<Record<string, SettingWords>> = {
  'limit.up': {
    label: 'Sending',
    help: 'How fast at most, so that others on the line can work.',
    control: choice(rates()),
  },
  'limit.down': { label: 'Fetching', control: choice(rates()) },
  transfers: {
    label: 'Transfers at once',
    help: 'More are faster on a good line, and slow down others on a poor one.',
    control: choice(['1', '2', '4', '8', '16', '32'].map((value) => ({ value, words: value }))),
  },
  'poll.active': {
    label: 'While you work',
    help: 'Within 2 minutes of a save on this device.',
    control: times('1s', '2s', '5s', '10s', '30s', '1m'),
  },
  'poll.remote': {
    label: 'While others work',
    help: 'Within a minute of a change on another device.',
    control: times('1s', '2s', '5s', '10s', '30s'),
  },
  'poll.quiet': { label: 'Otherwise', control: times('30s', '1m', '2m', '5m', '15m') },
  'poll.idle': {
    label: 'After ten quiet minutes',
    help: 'Each look is a request to the bucket for each device, which some providers charge for.',
    control: times('1m', '5m', '15m', '30m', '1h', '6h'),
  },
  'cost.cap': {
    label: 'Less often before a month costs',
    help: "What this device's requests may cost at most, in the provider's currency.",
    control: choice([
      { value: 'off', words: 'No limit' },
      ...['0.50', '1', '2', '5', '10'].map((value) => ({ value, words: `${value} a month` })),
    ]),
  },
  notifications: {
    label: 'Notifications on the desktop',
    help: 'Of conflicts, deletions that wait for you, refused access and a full bucket; once each.',
    control: ON_OFF,
  },
  prune: {
    label: 'Remove what history no longer keeps',
    help: 'Once a month; how long that is is set for each collection.',
    control: { kind: 'switch', on: 'monthly', off: 'off' },
  },
  schedule: {
    label: 'When it is carried',
    control: { kind: 'schedule' },
  },
  debug: {
    label: 'Detailed traces in the log',
    help: 'For finding out what goes wrong. Never with the content of files.',
    control: ON_OFF,
  },
  guard: {
    label: 'Deletions wait for you',
    help: 'Where so much of it is deleted within ten minutes: it may be a mistake.',
    control: choice([
      { value: '10%', words: 'from 10%' },
      { value: '25%', words: 'from 25%' },
      { value: '50%', words: 'from 50%' },
      { value: 'off', words: 'Never' },
    ]),
  },
  'history.all': {
    label: 'Every version is kept for',
    control: choice([30, 90, 180, 365, 730].map(daysChoice)),
  },
  'history.daily': {
    label: 'Then one a day for',
    control: choice([30, 90, 365, 730, 1825].map(daysChoice)),
  },
};

/** What a setting is called here. One that this page does not know has the program's own words. */
export function wordsOf({ name, means, values }: Setting): SettingWords {
  return WORDS[name] ?? { label: name, help: `${means}: ${values}`, control: { kind: 'text' } };
}

/** A value in words: as among the choices, or as the program writes it. */
export function valueWords(setting: Setting): string {
  const { control } = wordsOf(setting);
  const { value } = setting;
  if (control.kind === 'switch') return value === control.on ? 'on' : 'off';
  const choices = control.kind === 'choice' ? control.choices : [];
  const found = choices.find((one) => one.value === value);
  const words = found?.words ?? value;
  return words.slice(0, 1).toLowerCase() + words.slice(1);
}

/** Settings by group; those in no group come last, under a title of their own. */
export function grouped(
  settings: readonly Setting[],
  groups: readonly SettingGroup[],
): readonly { readonly title: string; readonly settings: readonly Setting[] }[] {
  const known = new Set(groups.flatMap(({ names }) => names));
  const rest = settings.filter(({ name }) => !known.has(name));
  const all = [
    ...groups.map(({ title, names }) => ({
      title,
      settings: names.flatMap((name) => settings.filter((setting) => setting.name === name)),
    })),
    { title: 'More', settings: rest },
  ];
  return all.filter((group) => group.settings.length > 0);
}

function choice(choices: readonly Choice[]): Control {
  return { kind: 'choice', choices };
}

function rates(): readonly Choice[] {
  const limits = ['100kB', '250kB', '500kB', '1MB', '2MB', '5MB', '10MB'];
  return [
    { value: 'off', words: 'As fast as it goes' },
    ...limits.map((rate) => ({
      value: `${rate}/s`,
      words: `${rate.replace(/(\d)([kM]B)/, '$1 $2')} a second`,
    })),
  ];
}

function times(...values: readonly string[]): Control {
  return choice(values.map((value) => ({ value, words: `Every ${spanOf(value)}` })));
}

/** `5s` as `5 seconds`, `1m` as `minute`. */
function spanOf(value: string): string {
  const unit = UNITS[value.slice(-1)] ?? '';
  const count = Number.parseInt(value, 10);
  return count === 1 ? unit : `${count} ${unit}s`;
}

function daysChoice(days: number): Choice {
  const years = days / 365;
  if (Number.isInteger(years)) {
    return { value: `${days}d`, words: years === 1 ? 'a year' : `${years} years` };
  }
  return { value: `${days}d`, words: `${days} days` };
}
