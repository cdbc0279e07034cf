/** What gets into a bucket and is on this computer already, by name only: nothing is read of it. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Detected } from '../api/setup.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface AmbientCredentials {
  /** Such as `the environment (AWS_ACCESS_KEY_ID)`. */
  readonly from: string;
  /** True where nothing that is typed would win over them. */
  readonly isBinding: boolean;
}

/**
 * Where keys or the password would come from, as far as that can be told without asking the AWS
 * tools. What the environment or a profile says wins over what is typed.
 * @param profile the one that a person names.
 */
export function ambientCredentials(
  env: Env,
  scheme: 's3' | 'dav',
  profile: string | undefined,
): AmbientCredentials | undefined {
  const binding = (from: string): AmbientCredentials => ({ from, isBinding: true });
  if (scheme === 'dav') {
    // A variable that is empty says nothing, to the AWS tools as well.
    return env.SATCHEL_WEBDAV_PASSWORD
      ? binding('the environment (SATCHEL_WEBDAV_PASSWORD)')
      : undefined;
  }
  if (profile === undefined && env.AWS_ACCESS_KEY_ID) {
    return binding('the environment (AWS_ACCESS_KEY_ID)');
  }
  const chosen = profile ?? env.AWS_PROFILE;
  if (chosen) return binding(nameOfProfile(chosen));
  const file = credentialsFile(env);
  return existsSync(file) ? { from: file, isBinding: false } : undefined;
}

/** All ways that a person may choose from, or that are taken whatever is chosen. */
export function detectCredentials(env: Env): readonly Detected[] {
  return (['s3', 'dav'] as const).flatMap((scheme): readonly Detected[] => {
    const found = ambientCredentials(env, scheme, undefined);
    if (found?.isBinding === true) return [{ scheme, profile: null, ...found }];
    if (scheme === 'dav') return [];
    return profileNames(env).map((name) => ({
      scheme,
      from: nameOfProfile(name),
      // The one that the AWS tools take by themselves need not be named.
      profile: name === DEFAULT_PROFILE ? null : name,
      isBinding: false,
    }));
  });
}

const DEFAULT_PROFILE = 'default';

function nameOfProfile(name: string): string {
  return `the AWS profile "${name}"`;
}

function credentialsFile(env: Env): string {
  return env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials');
}

/** By the headings of the AWS tools' two files (docs.aws.amazon.com/sdkref, "Shared files"). */
function profileNames(env: Env): readonly string[] {
  const config = env.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config');
  const names = [...headingsOf(credentialsFile(env)), ...headingsOf(config).flatMap(profileIn)];
  return [...new Set(names)].sort((a, b) => a.localeCompare(b));
}

function profileIn(heading: string): readonly string[] {
  if (heading === DEFAULT_PROFILE) return [heading];
  const name = /^profile\s+(.+)$/.exec(heading)?.[1];
  return name === undefined ? [] : [name];
}

function headingsOf(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No such file, or one that is not this person's: nothing was found.
    return [];
  }
  return [...text.matchAll(/^\s*\[([^\]\n]+)\]/gm)].map(([, heading = '']) => heading.trim());
}
