/** What is known about a provider, and what follows from it. Pure; the data is in `providers.ts`. */
import { SatchelError } from '../base/errors.ts';
import type { RequestCounts } from './meter.ts';
import { type Cost, costOf, type PriceList } from './prices.ts';

/** Something only the person knows; the word is also a placeholder in the endpoint pattern. */
export type ProviderAnswer = 'region' | 'account' | 'endpoint' | 'host' | 'user';

export type ProviderAnswers = { readonly [Name in ProviderAnswer]?: string | undefined };

export interface ProviderQuestion {
  readonly answer: ProviderAnswer;
  readonly question: string;
  readonly example: string;
}

export interface ProviderPreset {
  /** As in a bucket URL (`provider=r2`); never changes. */
  readonly id: string;
  readonly name: string;
  readonly scheme: 's3' | 'dav' | 'file';
  /**
   * Where the service answers, with `{…}` for what a person answers. For a WebDAV server the
   * bucket URL of the person's folder. Absent where the AWS SDK knows, and for a plain folder.
   */
  readonly endpoint?: string;
  /** What must be asked to fill in the endpoint and the region, in this order. */
  readonly asks: readonly ProviderQuestion[];
  /** Matches the host names of its endpoints; absent where a person chooses them. */
  readonly hosts?: RegExp;
  /** Those that are known; a provider may have opened more. */
  readonly regions?: readonly string[];
  /** The region to sign for where the person was not asked. */
  readonly region?: string;
  /** `host/bucket/key` rather than `bucket.host/key`; absent where both work. */
  readonly pathStyle?: boolean;
  /** Where to make the keys or the password. */
  readonly keyHelp: string;
  /** True where no one bills for use: a server or disk of one's own. */
  readonly isOwn: boolean;
  /** Absent where the prices are not publicly known, or nothing is billed. */
  readonly prices?: PriceList;
  /** What to know before choosing it, in sentences. */
  readonly limits: readonly string[];
  /** More writes of one key than this are refused for a moment (status 429). */
  readonly writesPerSecondPerKey?: number;
  /** What is deleted or replaced sooner is billed as if it had stayed so long. */
  readonly minimumStorageDays?: number;
  /** A smaller object is billed as one of this size. */
  readonly minimumObjectBytes?: number;
  /** Unless a lifecycle rule says otherwise, replaced and deleted objects stay and are billed. */
  readonly keepsVersions?: boolean;
}

/** What may stand in a host name; a host may bring its port and a path. */
const ANSWER_PATTERNS: Readonly<Record<'region' | 'account' | 'host', RegExp>> = {
  region: /^[a-z0-9-]+$/i,
  account: /^[a-z0-9.-]+$/i,
  host: /^[a-z0-9.-]+(?::\d+)?(?:\/[\w./~%-]*)?$/i,
};

/** Usage of one calendar month, as the meter counts it. */
export interface MonthlyUsage {
  readonly counts: RequestCounts;
  /** The average stored, or undefined where it is not known. */
  readonly storedBytes: number | undefined;
}

/**
 * The endpoint (for WebDAV, the bucket URL) that the answers make, or undefined where the preset
 * has none. Throws `usage` where an answer is missing or cannot stand in a host name or path.
 */
export function endpointOf(preset: ProviderPreset, answers: ProviderAnswers): string | undefined {
  const filled = preset.endpoint?.replaceAll(/\{(\w+)\}/g, (_, name: ProviderAnswer) => {
    const { question = '', example = '' } = preset.asks.find(({ answer }) => answer === name) ?? {};
    const given = answers[name]?.trim() ?? '';
    const answer = name === 'host' ? addressIn(given, preset.id === 'nextcloud') : given;
    if (answer === '') {
      throw new SatchelError('usage', `${preset.name} needs to be told its ${name}`, {
        hint: `${question} For example: ${example}.`,
      });
    }
    // A whole endpoint is checked where bucket URLs are read.
    if (name === 'endpoint') return /^https?:\/\//i.test(answer) ? answer : `https://${answer}`;
    if (name === 'user') return encodeURIComponent(answer);
    if (!ANSWER_PATTERNS[name].test(answer)) {
      throw new SatchelError('usage', `this cannot be the ${name} of ${preset.name}`, {
        hint: `Write it like ${example}.`,
      });
    }
    return answer;
  });
  return /^(?:http|dav):\/\//i.test(answers.host?.trim() ?? '')
    ? filled?.replace(/^davs:/, 'dav:')
    : filled;
}

/** Host and path of what was copied from a browser's address bar, or typed without a scheme. */
function addressIn(given: string, isNextcloud: boolean): string {
  const bare = given.replace(/^(?:https?|davs?):\/\//i, '').replace(/[?#].*$/, '');
  // The page that happened to be open is not where the WebDAV folders are.
  const base = isNextcloud
    ? bare.replace(/\/(?:index\.php|apps|login|settings|remote\.php)(?:\/.*)?$/, '')
    : bare;
  return base.replace(/\/+$/, '');
}

/** What a month's use costs there, or undefined where nothing is billed or no price is known. */
export function priceOf(preset: ProviderPreset, usage: MonthlyUsage): Cost | undefined {
  return preset.prices && costOf(usage.counts, usage.storedBytes, preset.prices);
}

/** The region that a host name of the provider spells, by its endpoint pattern, or undefined. */
export function regionIn(preset: ProviderPreset, host: string): string | undefined {
  const [before, after] = preset.endpoint?.replace('https://', '').split('{region}') ?? [];
  if (before === undefined || after === undefined) return undefined;
  if (!host.startsWith(before) || !host.endsWith(after)) return undefined;
  const region = host.slice(before.length, host.length - after.length);
  return ANSWER_PATTERNS.region.test(region) ? region : undefined;
}
