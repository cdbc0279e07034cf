import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ShownSetting } from '../../api/settings.ts';
import type { Session } from '../../app/session.ts';
import type { SettingChange } from '../../app/settings.ts';
import { messageOf, SatchelError } from '../../base/errors.ts';
import { type CommandContext, type CommandModule, GROUPS } from '../command.ts';

interface Flags {
  readonly file?: string;
  readonly yaml?: boolean;
  readonly collection?: string;
}

/** A command line, sorted out: what is to be shown, or changed. */
interface Wish {
  readonly collection: string | undefined;
  readonly name: string | undefined;
  readonly value: string | undefined;
}

export const settingsCommand: CommandModule = {
  name: 'settings',
  register(program, context) {
    program
      .command('settings')
      .summary('show and change settings')
      .description(
        'Shows the settings of this device, or of a collection, and changes them one by one or ' +
          'from a YAML file. Those marked as shared hold on all your devices.',
      )
      .helpGroup(GROUPS.lookAfter)
      .argument('[collection]', 'a collection; leave it out for settings of this device')
      .argument('[setting]', 'such as limit.up')
      .argument('[value]', 'its new value; "default" for the one it had at first')
      .option('--collection <name>', 'the collection, where its name is that of a setting')
      .option('--file <file>', 'take the settings from a YAML file')
      .option('--yaml', 'print all settings as such a file')
      .action(async (...given: [string?, string?, string?, Flags?]) => {
        const [first, second, third, flags = {}] = given;
        if (flags.yaml === true) return await printYaml(context);
        if (flags.file !== undefined) return await applyFile(context, flags.file);
        const { isSettingName } = await import('../../app/settings.ts');
        const wish = sortOut([first, second, third], flags, isSettingName);
        if (wish.name === undefined || wish.value === undefined) return await show(context, wish);
        return await change(context, wish, wish.name, wish.value);
      });
  },
};

/** Where the first word names a setting, it is one of the device. */
function sortOut(
  words: readonly (string | undefined)[],
  flags: Flags,
  isSettingName: (word: string) => boolean,
): Wish {
  const [first, second, third] = words;
  if (flags.collection !== undefined) {
    return { collection: flags.collection, name: first, value: second };
  }
  if (first === undefined || isSettingName(first)) {
    return { collection: undefined, name: first, value: second };
  }
  return { collection: first, name: second, value: third };
}

async function show(context: CommandContext, { collection, name }: Wish): Promise<void> {
  const [{ collectionSettings, deviceSettings }, { settingKey }, { reading }] = await Promise.all([
    import('../../app/settings.ts'),
    import('../../app/setting-keys.ts'),
    import('../session.ts'),
  ]);
  const { terminal } = context;
  const all = await reading(context, (session) =>
    collection === undefined ? deviceSettings(session) : collectionSettings(session, collection),
  );
  if (name === undefined) {
    terminal.json(all);
    terminal.table(all, [
      { header: 'Setting', cell: (setting) => setting.name },
      { header: 'Value', cell: ({ value, isStandard }) => (isStandard ? value : `${value} *`) },
      { header: 'Means', cell: (setting) => meaning(setting), shrinks: true },
    ]);
    terminal.note('* is not the standard value.');
    return;
  }
  const key = settingKey(name);
  const setting = all.find((one) => one.name === key.name);
  if (setting === undefined) {
    const isElsewhere = collection !== undefined && key.scope === 'here';
    const message = isElsewhere
      ? `"${collection}" is not on this device, and has no ${name} here`
      : `${name} is ${scopeWords(collection === undefined)}`;
    const line = collection === undefined ? `<collection> ${name}` : name;
    const hint = isElsewhere
      ? 'See "satchel settings --help".'
      : `Write "satchel settings ${line}".`;
    throw new SatchelError('usage', `${message}.`, { hint });
  }
  terminal.json(setting);
  terminal.print(setting.value);
  terminal.note(`${meaning(setting)}; it takes ${setting.values}.`);
}

function meaning({ means, shared }: ShownSetting): string {
  return shared ? `${means} (shared)` : means;
}

function scopeWords(isDevice: boolean): string {
  return isDevice ? 'a setting of a collection' : 'a setting of the device, not of a collection';
}

async function change(
  context: CommandContext,
  { collection }: Wish,
  name: string,
  value: string,
): Promise<void> {
  const [{ changeSettingsRoute }, { checkChange }, { askingDaemon }, { appContext }] =
    await Promise.all([
      import('../../api/settings.ts'),
      import('../../app/settings.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
    ]);
  const wish = { collection, changes: [{ name, value }] };
  const changed = await askingDaemon<readonly ShownSetting[]>(
    appContext(context),
    (daemon) => daemon.call(changeSettingsRoute, wish),
    () => changing(context, (session) => [checkChange(session, collection, name, value)]),
  );
  const { terminal } = context;
  terminal.json(changed);
  const of = collection === undefined ? '' : ` of ${collection}`;
  terminal.print(`${name}${of} is ${changed[0]?.value ?? value} now.`);
  if (changed[0]?.shared === true) terminal.note('The next sync tells your other devices.');
  if (name === 'cost.cap' && changed[0]?.isStandard !== true && !terminal.isJson) {
    terminal.note(await capWords(context));
  }
}

/** What a cap does in this bucket: nothing, where no prices are known. */
async function capWords(context: CommandContext): Promise<string> {
  const [{ readCostOfMonths }, { reading }] = await Promise.all([
    import('../../app/cost-outlook.ts'),
    import('../session.ts'),
  ]);
  const { currency } = await reading(context, readCostOfMonths);
  return currency === null
    ? 'It has no effect here: no prices are known for this bucket.'
    : `In ${currency} a month: polls slow down before it is reached, and saves are never held back.`;
}

async function applyFile(context: CommandContext, file: string): Promise<void> {
  const { readSettingsFile } = await import('../../app/settings-file.ts');
  const text = readText(resolve(context.workingFolder, file));
  const changed = await changing(context, (session) => readSettingsFile(session, text, file));
  const { terminal } = context;
  terminal.json(changed);
  for (const { name, collection, value } of changed) {
    terminal.print(`${collection === undefined ? '' : `${collection}: `}${name} is ${value} now.`);
  }
  if (changed.length === 0) terminal.print(`${file} holds no settings; nothing was changed.`);
}

async function printYaml(context: CommandContext): Promise<void> {
  const [{ writeSettingsFile }, { reading }] = await Promise.all([
    import('../../app/settings-file.ts'),
    import('../session.ts'),
  ]);
  const text = await reading(context, writeSettingsFile);
  context.terminal.json({ yaml: text });
  for (const line of text.trimEnd().split('\n')) context.terminal.print(line);
}

async function changing(
  context: CommandContext,
  check: (session: Session) => readonly SettingChange[],
): Promise<ShownSetting[]> {
  const [{ applyChanges, changedSettings }, { borrowing }, { appContext, reading }] =
    await Promise.all([
      import('../../app/settings.ts'),
      import('../beside-daemon.ts'),
      import('../session.ts'),
    ]);
  const change = (session: Session): ShownSetting[] => {
    const changes = check(session);
    applyChanges(session, changes);
    return changedSettings(changes);
  };
  // Without the lock: a running "watch" takes them over with its next round.
  return await borrowing(context, appContext(context), () => reading(context, change));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SatchelError('usage', `Cannot read the settings: ${messageOf(error)}.`, {
      hint: 'Name a YAML file; "satchel settings --yaml" prints an example.',
    });
  }
}
