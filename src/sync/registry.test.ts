import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTwoDevices } from '../../test/support/device.ts';
import {
  listRegistry,
  putInRegistry,
  registryFieldsOf,
  removeFromRegistry,
  saveFields,
  updateRegistryEntry,
} from './registry.ts';
import { markRetired, retiredDevices } from './retired.ts';

const NOTES = { id: 'c1', name: 'Notes', kind: 'vault', created: 5 };

suite('the registry', () => {
  test('F1: a rename keeps the fields of newer programs', async () => {
    const { a, b } = await openTwoDevices();
    putInRegistry(a.engine, NOTES);
    updateRegistryEntry(a.engine, 'c1', { ofTheFuture: 'kept', guard: 50 });
    for (const device of [a, b]) await device.sync();
    putInRegistry(b.engine, { ...NOTES, name: 'Garden' });
    for (const device of [b, a]) await device.sync();
    const expected = { ...NOTES, name: 'Garden', ofTheFuture: 'kept', guard: 50 };
    assert.deepEqual(registryFieldsOf(a.engine, 'c1'), expected);
  });

  test('settings changed on two devices at the same time both hold', async () => {
    const { a, b } = await openTwoDevices();
    putInRegistry(a.engine, NOTES);
    for (const device of [a, b]) await device.sync();
    updateRegistryEntry(a.engine, 'c1', { guard: 50 });
    updateRegistryEntry(b.engine, 'c1', { historyAllDays: 30 });
    for (const device of [a, b, a]) await device.sync();
    for (const device of [a, b]) {
      const { guard, historyAllDays } = registryFieldsOf(device.engine, 'c1') ?? {};
      assert.deepEqual([guard, historyAllDays], [50, 30]);
    }
  });

  test('a setting is taken away with undefined, for all devices', async () => {
    const { a, b } = await openTwoDevices();
    putInRegistry(a.engine, NOTES);
    updateRegistryEntry(a.engine, 'c1', { guard: 50 });
    for (const device of [a, b]) await device.sync();
    updateRegistryEntry(b.engine, 'c1', { guard: undefined });
    for (const device of [b, a]) await device.sync();
    assert.deepEqual(registryFieldsOf(a.engine, 'c1'), { ...NOTES });
  });

  test('an entry that was removed is not brought back by a setting', async () => {
    const { a } = await openTwoDevices();
    putInRegistry(a.engine, NOTES);
    await a.sync();
    removeFromRegistry(a.engine, 'c1');
    assert.equal(updateRegistryEntry(a.engine, 'c1', { guard: 50 }), false);
    assert.equal(registryFieldsOf(a.engine, 'c1'), undefined);
    assert.deepEqual(listRegistry(a.engine), []);
  });

  test('what it does not know is no collection and no device, and stays', async () => {
    const { a, b } = await openTwoDevices();
    saveFields(a.engine, 'recordofthefuture', { name: 'x', colour: 'blue' });
    markRetired(a.engine, { device: 'old', name: 'old', retired: 7, isLost: true });
    putInRegistry(a.engine, NOTES);
    for (const device of [a, b]) await device.sync();
    assert.deepEqual(listRegistry(b.engine), [NOTES]);
    const lost = { device: 'old', name: 'old', retired: 7, isLost: true };
    assert.deepEqual([...retiredDevices(b.engine).values()], [lost]);
  });
});
