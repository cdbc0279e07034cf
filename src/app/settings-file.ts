/**
 * A file of settings in YAML: settings of the device at the top, those of collections below
 * `collections`, each under the collection's name. Also what `settings --yaml` prints.
 */
import { parseDocument, stringify } from 'yaml';
import type { ShownSetting } from '../api/settings.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import type { Session } from './session.ts';
import {
  checkChange,
  collectionNames,
  collectionSettings,
  deviceSettings,
  type SettingChange,
} from './settings.ts';

/** The section that holds the settings of collections. */
const COLLECTIONS = 'collections';

const HOW_TO_WRITE =
  'Write one "name: value" on each line; "satchel settings --yaml" prints an example.';

/**
 * Reads and checks a whole file: all of it is right, or nothing of it is used.
 * @param source the file's name, for messages.
 * @throws SatchelError `usage` naming the place in the file.
 */
export function readSettingsFile(session: Session, text: string, source: string): SettingChange[] {
  const top = asSection(parseYaml(text, source), source, 'the file');
  const { [COLLECTIONS]: collections, ...device } = top;
  const changes = Object.entries(device).map(([name, value]) =>
    checkEntry(session, undefined, name, value, source),
  );
  for (const [collection, section] of Object.entries(
    asSection(collections ?? {}, source, COLLECTIONS),
  )) {
    const entries = asSection(section, source, `${COLLECTIONS}: ${collection}`);
    for (const [name, value] of Object.entries(entries)) {
      changes.push(checkEntry(session, collection, name, value, source));
    }
  }
  return changes;
}

/** All settings as a file that `readSettingsFile` takes. */
export function writeSettingsFile(session: Session): string {
  const collections = Object.fromEntries(
    collectionNames(session).map((name) => [name, valuesOf(collectionSettings(session, name))]),
  );
  const all = { ...valuesOf(deviceSettings(session)), [COLLECTIONS]: collections };
  return stringify(all);
}

/** Plain numbers are written without the quotes that YAML would put around their digits. */
function valuesOf(settings: readonly ShownSetting[]): Record<string, string | number> {
  return Object.fromEntries(
    settings.map(({ name, value }) => [name, /^\d+$/.test(value) ? Number(value) : value]),
  );
}

function checkEntry(
  session: Session,
  collection: string | undefined,
  name: string,
  value: unknown,
  source: string,
): SettingChange {
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new SatchelError('usage', `In ${source}, ${name} is not a single value.`, {
      hint: 'Write it like "limit.up: 500kB".',
    });
  }
  try {
    // YAML 1.1 habits: an unquoted "off" may have become false on its way through other tools.
    const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    return checkChange(session, collection, name, text);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new SatchelError(error.kind, `In ${source}: ${error.message}`, hint);
  }
}

function parseYaml(text: string, source: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw notYaml(source, problem.message);
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw notYaml(source, messageOf(error));
  }
}

function notYaml(source: string, reason: string): SatchelError {
  const line = (reason.split('\n')[0] ?? '').replace(/[:.]$/, '');
  return new SatchelError('usage', `${source} is no YAML that settings are taken from: ${line}.`, {
    hint: HOW_TO_WRITE,
  });
}

function asSection(value: unknown, source: string, place: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  throw new SatchelError('usage', `In ${source}, ${place} holds no settings.`, {
    hint: HOW_TO_WRITE,
  });
}
