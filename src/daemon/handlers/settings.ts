/** Settings of the device and of collections, and the rules of what collections leave out. */
import type {
  changeIgnoreRulesRoute,
  changeSettingsRoute,
  exportSettingsRoute,
  ignorePreviewRoute,
  ignoreRulesRoute,
  settingsRoute,
} from '../../api/settings.ts';
import { findCollection } from '../../app/collection-list.ts';
import { newestChange } from '../../app/editor-changes.ts';
import {
  changeIgnoreRules as change,
  previewIgnoreRules,
  readIgnoreRules,
} from '../../app/ignore-rules.ts';
import {
  applyChanges,
  changedSettings,
  checkChange,
  collectionSettings,
  deviceSettings,
} from '../../app/settings.ts';
import { writeSettingsFile } from '../../app/settings-file.ts';
import type { Handler } from '../ports.ts';

const settings: Handler<typeof settingsRoute> = async (daemon, { home, collection }) => {
  const session = daemon.host(home).session();
  return collection === undefined
    ? deviceSettings(session)
    : collectionSettings(session, collection);
};

const changeSettings: Handler<typeof changeSettingsRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const session = host.session();
  const changes = input.changes.map(({ name, value }) =>
    checkChange(session, input.collection, name, value),
  );
  applyChanges(session, changes);
  host.wake();
  daemon.news.tell({ type: 'settings', home: host.id });
  return changedSettings(changes);
};

const exportSettings: Handler<typeof exportSettingsRoute> = async (daemon, { home }) => ({
  fileName: 'satchel-settings.yaml',
  text: writeSettingsFile(daemon.host(home).session()),
});

const ignoreRules: Handler<typeof ignoreRulesRoute> = (daemon, { home, collection }) =>
  readIgnoreRules(daemon.host(home).session(), collection);

const changeIgnoreRules: Handler<typeof changeIgnoreRulesRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const session = host.session();
  const answer = await change(session, input.collection, input);
  host.wake();
  const { id } = findCollection(session, input.collection);
  daemon.news.tell({ type: 'changed', home: host.id, collection: id, rev: newestChange(session) });
  return answer;
};

const ignorePreview: Handler<typeof ignorePreviewRoute> = (daemon, { home, collection, rules }) =>
  previewIgnoreRules(daemon.host(home).session(), collection, rules);

export const settingHandlers = {
  settings,
  changeSettings,
  exportSettings,
  ignoreRules,
  changeIgnoreRules,
  ignorePreview,
} as const;
