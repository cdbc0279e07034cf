/** Reading and changing settings: of this device, and of single collections. */
import type { ShownSetting } from '../api/settings.ts';
import { SatchelError } from '../base/errors.ts';
import { registryFieldsOf, updateRegistryEntry } from '../sync/registry.ts';
import { findCollection, type ListedCollection, listCollections } from './collection-list.ts';
import { changeSettings, type Settings } from './home.ts';
import { ownSetting } from './preferences.ts';
import type { Session } from './session.ts';
import {
  parseSetting,
  SETTING_KEYS,
  type SettingKey,
  type SettingValue,
  settingKey,
} from './setting-keys.ts';

/** A change that was asked for, checked. */
export interface SettingChange {
  readonly key: SettingKey;
  readonly collection: ListedCollection | undefined;
  readonly value: SettingValue;
}

/** The settings of the device. */
export function deviceSettings({ settings }: Session): ShownSetting[] {
  return SETTING_KEYS.filter((key) => key.scope === 'device').map((key) =>
    shown(key, ownSetting(settings, key), undefined),
  );
}

/** The settings of one collection, those included that all devices share. */
export function collectionSettings(session: Session, name: string): ShownSetting[] {
  const collection = findCollection(session, name);
  const isHere = collection.folder !== undefined;
  return SETTING_KEYS.filter(({ scope }) => scope === 'shared' || (scope === 'here' && isHere)).map(
    (key) => shown(key, collectionValue(session, key, collection.id), collection.name),
  );
}

/**
 * Checks a change before anything is written.
 * @param name a collection's, for settings of one; undefined for those of the device.
 * @throws SatchelError `usage` where there is no such setting, or the value cannot be one.
 */
export function checkChange(
  session: Session,
  name: string | undefined,
  keyName: string,
  text: string,
): SettingChange {
  const key = settingKey(keyName);
  if (key.scope === 'device' && name !== undefined) {
    throw new SatchelError('usage', `${key.name} is a setting of the device, not of "${name}".`, {
      hint: `Set it with "satchel settings ${key.name} <value>".`,
    });
  }
  if (key.scope !== 'device' && name === undefined) {
    throw new SatchelError('usage', `${key.name} is a setting of a collection.`, {
      hint: `Set it with "satchel settings <collection> ${key.name} <value>".`,
    });
  }
  const collection = name === undefined ? undefined : findCollection(session, name);
  if (key.scope === 'here' && collection?.folder === undefined) {
    throw new SatchelError('usage', `"${name}" is not on this device.`, {
      hint: `Bring it here with "satchel attach" before you set its ${key.name}.`,
    });
  }
  return { key, collection, value: text === DEFAULT ? key.standard : parseSetting(key, text) };
}

/** Stands for the value that a setting had at first. */
const DEFAULT = 'default';

/** The settings as they are after changes, and only those. */
export function changedSettings(changes: readonly SettingChange[]): ShownSetting[] {
  return changes.map(({ key, collection, value }) => shown(key, value, collection?.name));
}

/** Carries out changes that were checked: those of all devices go out with the next sync. */
export function applyChanges(session: Session, changes: readonly SettingChange[]): void {
  const { engine, context } = session;
  const local = changes.filter(({ key }) => key.scope !== 'shared');
  if (local.length > 0) {
    changeSettings(context.home, (settings) => local.reduce(withChange, settings));
  }
  for (const { key, collection, value } of changes) {
    if (key.scope !== 'shared' || collection === undefined) continue;
    updateRegistryEntry(engine, collection.id, { [registryField(key)]: value });
  }
}

function shown(
  key: SettingKey,
  value: SettingValue | undefined,
  collection: string | undefined,
): ShownSetting {
  return {
    name: key.name,
    ...(collection === undefined ? {} : { collection }),
    value: key.format(value ?? key.standard),
    isStandard: value === undefined || value === key.standard,
    means: key.means,
    values: key.values,
    shared: key.scope === 'shared',
  };
}

function collectionValue(
  session: Session,
  key: SettingKey,
  collection: string,
): SettingValue | undefined {
  if (key.scope === 'here') return textOf(session.settings.collections[collection]?.[key.name]);
  const value = registryFieldsOf(session.engine, collection)?.[registryField(key)];
  return typeof value === 'number' ? value : textOf(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function withChange(settings: Settings, { key, collection, value }: SettingChange): Settings {
  if (collection === undefined) {
    return { ...settings, preferences: { ...settings.preferences, [key.name]: value } };
  }
  const entry = settings.collections[collection.id];
  if (entry === undefined) return settings;
  const collections = {
    ...settings.collections,
    [collection.id]: { ...entry, [key.name]: String(value) },
  };
  return { ...settings, collections };
}

/** What a shared setting is called among the fields of a registry entry. */
const REGISTRY_FIELDS: Readonly<Record<string, string>> = {
  guard: 'guard',
  'history.all': 'historyAllDays',
  'history.daily': 'historyDailyDays',
};

function registryField(key: SettingKey): string {
  return REGISTRY_FIELDS[key.name] ?? key.name;
}

/** True for a word that names a setting rather than a collection. */
export function isSettingName(word: string): boolean {
  return SETTING_KEYS.some((key) => key.name === word);
}

/** The names of collections that a file of settings may have sections for. */
export function collectionNames(session: Session): string[] {
  return listCollections(session).map(({ name }) => name);
}
